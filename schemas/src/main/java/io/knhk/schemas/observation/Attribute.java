package io.knhk.schemas.observation;

/**
 * One attribute of an observation.
 *
 * @param name as sent, 1 to {@link ObservationLimits#NAME_CHARS_MAX} characters
 * @param datatype of the value on the wire
 * @param text the value as text; for numbers, the digits as sent
 * @param number the value of an INTEGER or DECIMAL, 1 or 0 for a BOOLEAN, NaN for a STRING
 */
public record Attribute(String name, Datatype datatype, String text, double number) {
  public static Attribute ofText(String name, String text) {
    return new Attribute(name, Datatype.STRING, text, Double.NaN);
  }

  public static Attribute ofBoolean(String name, boolean value) {
    return new Attribute(name, Datatype.BOOLEAN, Boolean.toString(value), value ? 1 : 0);
  }

  /** A number as its digits were sent; it is an INTEGER when {@code integer} is true. */
  public static Attribute ofNumber(String name, String digits, double number, boolean integer) {
    return new Attribute(name, integer ? Datatype.INTEGER : Datatype.DECIMAL, digits, number);
  }
}
