package io.knhk.cli;

import io.knhk.schemas.Topics;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a rejected record stood: TOPIC/PARTITION/OFFSET, or PARTITION/OFFSET of the observations
 * topic.
 */
record DeadLetterId(String topic, int partition, long offset) {
  private static final Pattern FORM =
      Pattern.compile("(?:([A-Za-z0-9._-]{1,249})/)?(\\d{1,9})/(\\d{1,18})");

  static DeadLetterId parse(String text) {
    Matcher id = FORM.matcher(text);
    if (!id.matches()) {
      throw CliError.USAGE.because(
          "expected TOPIC/PARTITION/OFFSET: id=" + text, "knhk deadletters list shows the ids.");
    }
    return new DeadLetterId(
        id.group(1) == null ? Topics.OBSERVATIONS : id.group(1),
        Integer.parseInt(id.group(2)),
        Long.parseLong(id.group(3)));
  }

  Query applyTo(String select) {
    return new Query(select)
        .where("topic = ?", topic)
        .where("source_partition = ?", partition)
        .where("source_offset = ?", offset);
  }

  @Override
  public String toString() {
    return topic + "/" + partition + "/" + offset;
  }
}
