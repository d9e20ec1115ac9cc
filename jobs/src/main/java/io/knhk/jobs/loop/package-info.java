/** ClosedLoopJob: monitor, analyze, plan, execute, promote, record. */
@NullMarked
package io.knhk.jobs.loop;

import org.jspecify.annotations.NullMarked;
