/** From what state, and under which id, a job is started: the same for {@code up} and a cluster. */
@NullMarked
package io.knhk.jobs.launch;

import org.jspecify.annotations.NullMarked;
