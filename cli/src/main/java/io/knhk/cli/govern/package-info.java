/** What people say to the loop with their keys, and what they see of what waits for them. */
@NullMarked
package io.knhk.cli.govern;

import org.jspecify.annotations.NullMarked;
