/**
 * Rules that changes are held against: what they say, when they are in force, what they are hashed
 * as.
 */
@NullMarked
package io.knhk.knowledge.doctrine;

import org.jspecify.annotations.NullMarked;
