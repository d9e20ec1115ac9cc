/** What the archive holds of the loop's knowledge: documents, snapshots, triples. */
@NullMarked
package io.knhk.cli.knowledge;

import org.jspecify.annotations.NullMarked;
