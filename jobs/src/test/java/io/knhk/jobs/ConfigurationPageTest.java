package io.knhk.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.jobs.archive.ArchiveOptions;
import io.knhk.jobs.loop.ClosedLoopOptions;
import io.knhk.jobs.loop.GovernanceSettings;
import io.knhk.jobs.loop.ValidationSettings;
import io.knhk.jobs.notify.NotificationOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.junit.jupiter.api.Test;

/** The reference page says what the options say. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");
  private static final String UPDATE = "knhk.docs.update";

  @Test
  void shouldBeWhatTheOptionsSayWhenThePageIsRead() throws Exception {
    String page = page();
    if (Boolean.getBoolean(UPDATE)) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("run ./mvnw -pl jobs -am test -Dtest=ConfigurationPageTest -D" + UPDATE + "=true")
        .isEqualTo(page);
  }

  private static String page() throws IllegalAccessException, IOException {
    StringBuilder page = new StringBuilder();
    page.append("# Options of the jobs\n\n");
    page.append(
        "Generated from the options' descriptions by `ConfigurationPageTest`; edit them there.\n\n");
    page.append(
        "A job takes `--config FILE` (Java properties) and `--OPTION VALUE`, which wins over the file.\n");
    section(page, "Every job", KafkaOptions.class, LedgerOptions.class);
    section(
        page,
        "ClosedLoopJob",
        ClosedLoopOptions.class,
        GovernanceSettings.class,
        ValidationSettings.class);
    section(page, "ReceiptArchiveJob", ArchiveOptions.class);
    section(page, "NotificationJob", NotificationOptions.class);
    return page.toString();
  }

  private static void section(StringBuilder page, String title, Class<?>... holders)
      throws IllegalAccessException {
    page.append("\n## ").append(title).append("\n\n");
    page.append("| option | default | what it does |\n| --- | --- | --- |\n");
    for (ConfigOption<?> option : options(holders)) {
      page.append("| `")
          .append(option.key())
          .append("` | ")
          .append(defaultOf(option))
          .append(" | ")
          .append(new HtmlFormatter().format(option.description()).replace("|", "\\|"))
          .append(" |\n");
    }
  }

  private static List<ConfigOption<?>> options(Class<?>... holders) throws IllegalAccessException {
    List<ConfigOption<?>> options = new ArrayList<>();
    for (Class<?> holder : holders) {
      for (Field field : holder.getFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
          options.add((ConfigOption<?>) field.get(null));
        }
      }
    }
    options.sort(Comparator.comparing(ConfigOption::key));
    return options;
  }

  private static String defaultOf(ConfigOption<?> option) {
    Object value = option.defaultValue();
    if (value == null) {
      return "required";
    }
    if (value instanceof Map<?, ?> map && map.isEmpty()) {
      return "none";
    }
    if (value instanceof Duration duration) {
      return "`" + org.apache.flink.util.TimeUtils.formatWithHighestUnit(duration) + "`";
    }
    return "`" + value + "`";
  }
}
