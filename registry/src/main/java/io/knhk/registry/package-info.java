/** Names of the telemetry that KNHK emits, generated from the Weaver registry of this module. */
@NullMarked
package io.knhk.registry;

import org.jspecify.annotations.NullMarked;
