/** What of a user's servers is not as the jobs need it, and how to mend it. */
@NullMarked
package io.knhk.cli.doctor;

import org.jspecify.annotations.NullMarked;
