/** What people and services sign to change what a sector knows, and who may sign what. */
@NullMarked
package io.knhk.schemas.control;

import org.jspecify.annotations.NullMarked;
