package io.knhk.knowledge.governance;

import io.knhk.schemas.control.ControlContent.HoldTarget;

/**
 * Something that is stopped, or was let go on.
 *
 * @param change for a change: its element or the id of its content; else empty
 * @param held false: it goes on
 * @param by name of the person, empty for the loop
 * @param requestId of the request that it came of, else empty
 * @param revision larger than that of whatever was held or released before in the sector
 */
public record Held(
    HoldTarget target,
    String change,
    boolean held,
    String by,
    String reason,
    String requestId,
    long atMs,
    long revision) {}
