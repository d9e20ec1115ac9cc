/** What people and their programs are told of, beside receipts. */
@NullMarked
package io.knhk.schemas.notification;

import org.jspecify.annotations.NullMarked;
