package io.knhk.embedded.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.embedded.StackException;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplayInputTest {
  @TempDir Path folder;

  @Test
  void shouldMakeObservationsThatTheLoopAcceptsWhenItReadsACsv() throws IOException {
    file(
        "finance/payment.authorised.csv",
        """
        timestamp,value,key,outcome,currency,risk_score,retries,first,category
        2014-07-01 00:00:00,12.50,acct-1,ok,EUR,0.2,3,true,5411
        2014-07-01 00:00:01,7,,error,"U,S",1,,false,food
        """);

    ReplayInput input = ReplayInput.open(folder);
    List<ReplayRecord> records = all(input);

    assertThat(input.counts()).isEqualTo(Map.of("finance", 2L));
    assertThat(input.total()).isEqualTo(2);
    assertThat(input.replayId()).matches("[0-9a-f]{12}");
    String source = "urn:knhk:replay:" + input.replayId() + ":finance";
    assertThat(observation(records.get(0)))
        .isEqualTo(
            new Observation(
                "finance",
                source,
                input.replayId() + "-0",
                Instant.parse("2014-07-01T00:00:00Z").toEpochMilli(),
                "acct-1",
                "payment.authorised",
                12.5,
                false,
                List.of(
                    Attribute.ofText("currency", "EUR"),
                    Attribute.ofNumber("risk_score", "0.2", 0.2, false),
                    Attribute.ofNumber("retries", "3", 3, true),
                    Attribute.ofBoolean("first", true),
                    // The column has a text too, so that all of it is text.
                    Attribute.ofText("category", "5411"))));
    Observation second = observation(records.get(1));
    assertThat(second.subject()).isEqualTo("payment.authorised");
    assertThat(second.error()).isTrue();
    assertThat(second.attributes())
        .extracting(Attribute::name)
        .containsExactly("currency", "risk_score", "first", "category");
    assertThat(records).allSatisfy(r -> assertThat(r.key()).isEqualTo(source));
    assertThat(new String(records.get(0).value(), StandardCharsets.UTF_8))
        .contains("\"partitionkey\":\"" + source + "\"");
  }

  @Test
  void shouldSortAFileThatIsNotInOrderKeepingRowsWithoutATimeInTheirPlace() throws IOException {
    file(
        "energy/meter.reading.csv",
        "timestamp,value\n2014-07-01 00:00:05,5\nno time,0\n2014-07-01 00:00:01,1\n2014-07-01 00:00:05,6\n");

    assertThat(all(ReplayInput.open(folder)))
        .extracting(r -> r.malformed() ? -1 : (int) observation(r).value())
        .containsExactly(1, 5, -1, 6);
  }

  @Test
  void shouldRefuseALargeFileWhenItIsNotInOrder() throws IOException {
    Path file = file("energy/meter.reading.csv", "timestamp,value,text\n2014-07-01 00:00:05,5,\n");
    String row = "2014-07-01 00:00:01,1," + "x".repeat(500_000) + "\n";
    byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
      for (long written = 0; written <= SortedRows.FILE_BYTES_MAX; written += bytes.length) {
        out.write(bytes);
      }
    }

    assertThatThrownBy(() -> ReplayInput.open(folder))
        .hasMessageContaining("in the order of its times: bytes=")
        .hasMessageContaining("limit=" + SortedRows.FILE_BYTES_MAX);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2014-07-01 00:00:01,NaN,ok",
        "2014-07-01 00:00:01,,ok",
        "2014-07-01 00:00:01,1e999,ok",
        "2014-07-01 00:00:01,\"12,5\",ok",
        "yesterday,1,ok",
        "2014-07-01 00:00:01,1,maybe",
        "2014-07-01 00:00:01,1",
        "2014-07-01 00:00:01,1,ok,more",
        "2014-07-01 00:00:01,1,\"o\"k"
      })
  void shouldPassOnTheBytesForTheLoopToRejectWhenARowMakesNoObservation(String row)
      throws IOException {
    file(
        "energy/meter.reading.csv",
        "timestamp,value,outcome\n2014-07-01 00:00:00,1,ok\n"
            + row
            + "\n2014-07-01 00:00:02,2,ok\n");

    List<ReplayRecord> records = all(ReplayInput.open(folder));

    assertThat(records).extracting(ReplayRecord::malformed).containsExactly(false, true, false);
    ReplayRecord bad = records.get(1);
    assertThat(new String(bad.value(), StandardCharsets.UTF_8)).isEqualTo(row);
    assertThat(bad.key()).isEqualTo(records.get(0).key());
    assertThat(ObservationCodec.decode(bad.value(), Long.MAX_VALUE))
        .isInstanceOf(Decoded.Rejected.class);
  }

  @Test
  void shouldPassOnTheBytesWhenARowIsNotUtf8() throws IOException {
    byte[] row = {'2', '0', (byte) 0xff, ',', '1'};
    Path file = file("energy/meter.reading.csv", "timestamp,value\n");
    Files.write(file, row, StandardOpenOption.APPEND);

    assertThat(all(ReplayInput.open(folder)))
        .singleElement()
        .satisfies(r -> assertThat(r.value()).isEqualTo(row));
  }

  @Test
  void shouldPassOnEventsByteForByteWhenItReadsNdjson() throws IOException {
    String keyed =
        "{ \"specversion\":\"1.0\", \"source\":\"urn:a\",\"sector\":\"finance\",\"partitionkey\":\"p\",\"time\":\"2014-07-01T00:00:01Z\"}";
    String plain =
        "{\"source\":\"urn:b\",\"sector\":\"finance\",\"time\":\"2014-07-01T00:00:00Z\"}";
    String broken = "{\"source\":";
    file("finance/events.ndjson", plain + "\r\n" + broken + "\n" + keyed);

    List<ReplayRecord> records = all(ReplayInput.open(folder));

    assertThat(records)
        .extracting(r -> new String(r.value(), StandardCharsets.UTF_8))
        .containsExactly(plain, broken, keyed);
    assertThat(records).extracting(ReplayRecord::malformed).containsExactly(false, true, false);
    assertThat(records.get(0).key()).isEqualTo("urn:b");
    assertThat(records.get(1).key()).startsWith("urn:knhk:replay:").endsWith(":finance");
    assertThat(records.get(2).key()).isEqualTo("p");
    assertThat(records.get(2).source()).isEqualTo("urn:a");
  }

  @Property(tries = 60)
  void shouldMergeInEventTimeOrderKeepingTheFilesOrderForOneTime(
      @ForAll @Size(min = 1, max = 4)
          List<@Size(max = 12) List<@IntRange(min = 0, max = 9) Integer>> files)
      throws IOException {
    Path root = Files.createTempDirectory("replay");
    List<int[]> expected = new ArrayList<>();
    for (int f = 0; f < files.size(); f++) {
      StringBuilder csv = new StringBuilder("timestamp,value\n");
      for (int row = 0; row < files.get(f).size(); row++) {
        int second = files.get(f).get(row);
        csv.append("2014-07-01 00:00:0")
            .append(second)
            .append(',')
            .append(f * 100 + row)
            .append('\n');
        expected.add(new int[] {second, f * 100 + row});
      }
      Path file = root.resolve(f % 2 == 0 ? "energy" : "finance").resolve("type" + f + ".csv");
      Files.createDirectories(file.getParent());
      Files.writeString(file, csv);
    }
    // Files are in the order of sector and name; a sort that is stable over that order is what a
    // merge has to give.
    expected.sort(
        Comparator.<int[]>comparingInt(e -> e[0])
            .thenComparingInt(e -> (e[1] / 100) % 2)
            .thenComparingInt(e -> e[1]));

    List<ReplayRecord> records = all(ReplayInput.open(root));

    assertThat(records.stream().map(r -> (int) observation(r).value()))
        .containsExactlyElementsOf(expected.stream().map(e -> e[1]).toList());
    assertThat(
            records.stream()
                .filter(r -> r.folder().equals("energy"))
                .mapToLong(ReplayRecord::number))
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void shouldKeepItsNameOnlyWhileNamesAndContentsStay() throws IOException {
    Path a = file("energy/a.csv", "timestamp,value\n2014-07-01 00:00:00,1\n");
    String first = ReplayInput.open(folder).replayId();
    file("energy/notes.txt", "not replayed");
    file("README.md", "not replayed");
    file(".hidden/x.csv", "not replayed");
    assertThat(ReplayInput.open(folder).replayId()).isEqualTo(first);

    Files.writeString(a, "timestamp,value\n2014-07-01 00:00:00,2\n");
    String changed = ReplayInput.open(folder).replayId();
    Files.move(a, a.resolveSibling("b.csv"));
    String renamed = ReplayInput.open(folder).replayId();

    assertThat(List.of(first, changed, renamed)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nothing.txt|x|it has no <sector>/<event.type>.csv",
        "retail/a.csv|timestamp,value|folder retail is no sector",
        "_ingest/a.csv|timestamp,value|folder _ingest is no sector",
        "energy/a.csv|time,value|expected the columns timestamp and value",
        "energy/a.csv|timestamp,value,x,x|expected named columns, each name once",
        "energy/a.csv|timestamp,value,|expected named columns, each name once",
        "energy/a.csv|''|expected a header line"
      })
  void shouldRefuseWithWhatIsWrongWhenTheFolderIsNotAsItHasToBe(
      String name, String content, String problem) throws IOException {
    file(name, content);

    assertThatThrownBy(() -> ReplayInput.open(folder))
        .isInstanceOf(StackException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void shouldRefuseWhenThereIsNoFolder() {
    assertThatThrownBy(() -> ReplayInput.open(folder.resolve("none")))
        .isInstanceOfSatisfying(
            StackException.class,
            e -> assertThat(e.code()).isEqualTo(StackException.REPLAY_FOLDER));
  }

  private Path file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private static Observation observation(ReplayRecord record) {
    return ((Decoded.Accepted) ObservationCodec.decode(record.value(), Long.MAX_VALUE))
        .observation();
  }

  private static List<ReplayRecord> all(ReplayInput input) throws IOException {
    List<ReplayRecord> records = new ArrayList<>();
    try (ReplayMerge merge = input.merge()) {
      for (ReplayRecord record = merge.next(); record != null; record = merge.next()) {
        records.add(record);
      }
    }
    return records;
  }
}
