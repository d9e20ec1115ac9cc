/** What a run of the loop amounts to, counted from verified receipts. */
@NullMarked
package io.knhk.cli.summary;

import org.jspecify.annotations.NullMarked;
