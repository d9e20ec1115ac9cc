/** Tells people's programs what happened: webhooks, signed and sent until they are taken. */
@NullMarked
package io.knhk.operators.notify;

import org.jspecify.annotations.NullMarked;
