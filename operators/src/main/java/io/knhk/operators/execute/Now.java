package io.knhk.operators.execute;

import io.knhk.knowledge.governance.Governance;

/**
 * What is known of one sector while one element is handled.
 *
 * @param ms recorded time as this sector has heard of it
 */
record Now(String sector, long ms, Governance governance, Outlet outlet) {}
