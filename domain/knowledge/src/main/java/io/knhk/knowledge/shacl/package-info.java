/**
 * SHACL (W3C, 2017) at the cost of what changed. Knows RDF terms of Jena and nothing of sectors.
 */
@NullMarked
package io.knhk.knowledge.shacl;

import org.jspecify.annotations.NullMarked;
