package io.knhk.knowledge.shacl;

/**
 * Why a shape is not run, or what came of running it when there is no report.
 *
 * @param shape the shape, or the node of it, that is the matter; as N-Triples has it
 * @param message {@code expected <rule>: name=value}
 * @param source the query or the part of the shape that says so; empty where the message says it
 * @param mend what to do about it, for a person
 */
public record ShapeProblem(String shape, String message, String source, String mend) {}
