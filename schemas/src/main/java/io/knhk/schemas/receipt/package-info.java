/** What a receipt says, before and after it is numbered. */
@NullMarked
package io.knhk.schemas.receipt;

import org.jspecify.annotations.NullMarked;
