package io.knhk.knowledge;

import java.util.Map;

/** What a person can do about a result of SHACL, by the constraint component that it is of. */
final class ShaclMend {
  private static final Map<String, String> BY_COMPONENT =
      Map.ofEntries(
          Map.entry("Class", "Give the value the class, or refer to another."),
          Map.entry("Datatype", "Write the value with the datatype."),
          Map.entry("NodeKind", "Use an IRI or a literal as the shape asks."),
          Map.entry("MinCount", "Add the value that is missing."),
          Map.entry("MaxCount", "Remove the values that are too many."),
          Map.entry("MinInclusive", "Use a larger value."),
          Map.entry("MinExclusive", "Use a larger value."),
          Map.entry("MaxInclusive", "Use a smaller value."),
          Map.entry("MaxExclusive", "Use a smaller value."),
          Map.entry("MinLength", "Use a longer text."),
          Map.entry("MaxLength", "Use a shorter text."),
          Map.entry("Pattern", "Write the text as the pattern has it."),
          Map.entry("LanguageIn", "Use one of the languages."),
          Map.entry("UniqueLang", "Keep one text a language."),
          Map.entry("Equals", "Give both properties the same values."),
          Map.entry("Disjoint", "Give the properties different values."),
          Map.entry("LessThan", "Make the first smaller than the second."),
          Map.entry("LessThanOrEquals", "Make the first no larger than the second."),
          Map.entry("Not", "Change the node so that it is no longer what the shape rules out."),
          Map.entry("And", "Make the node conform to every one of the shapes."),
          Map.entry("Or", "Make the node conform to one of the shapes."),
          Map.entry("Xone", "Make the node conform to exactly one of the shapes."),
          Map.entry("Node", "Make the value conform to the shape."),
          Map.entry("QualifiedMinCount", "Add values that conform to the shape."),
          Map.entry("QualifiedMaxCount", "Remove values that conform to the shape."),
          Map.entry("Closed", "Remove the property, which the shape does not name."),
          Map.entry("HasValue", "Add the value."),
          Map.entry("In", "Use one of the values in the list."),
          Map.entry("SPARQL", "Change the data so that the query finds nothing."));

  private static final String SUFFIX = "ConstraintComponent";

  private ShaclMend() {}

  /**
   * @param component IRI of the constraint component
   */
  static String of(String component) {
    return BY_COMPONENT.getOrDefault(name(component), "Change the node so that it conforms.");
  }

  /** As people say it: {@code sh:minCount} and its like. */
  static String name(String component) {
    String local = component.substring(component.lastIndexOf('#') + 1);
    return local.endsWith(SUFFIX) ? local.substring(0, local.length() - SUFFIX.length()) : local;
  }
}
