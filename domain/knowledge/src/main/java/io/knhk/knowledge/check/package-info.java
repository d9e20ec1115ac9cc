/** The check that runs on each observation. No RDF library is reachable from here. */
@NullMarked
package io.knhk.knowledge.check;

import org.jspecify.annotations.NullMarked;
