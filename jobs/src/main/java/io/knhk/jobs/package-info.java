/** What every job of KNHK is configured with. */
@NullMarked
package io.knhk.jobs;

import org.jspecify.annotations.NullMarked;
