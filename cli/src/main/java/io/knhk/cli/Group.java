package io.knhk.cli;

/** A noun. It needs a verb: without one, picocli says so and how to get help. */
public abstract class Group {}
