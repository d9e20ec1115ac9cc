/** ReceiptArchiveJob: verifies what the loop says, then writes it. */
@NullMarked
package io.knhk.jobs.archive;

import org.jspecify.annotations.NullMarked;
