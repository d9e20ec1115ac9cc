package io.knhk.operators.archive;

/** Names a chain of receipts. */
record Chain(String log, String sector) {}
