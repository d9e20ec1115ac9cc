package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "publish",
    description = {
      "Sends the observations of a file and waits for their receipts.",
      "FILE.csv: header timestamp,value, optionally key and outcome; every other column is an attribute.",
      "FILE.ndjson: one CloudEvent a line, sent byte for byte.",
      "Exit code 7: some were not receipted in time."
    },
    footer = {
      "",
      "Examples:",
      "  knhk publish --sector finance payment.authorised.csv",
      "  knhk publish --sector energy readings.csv --event-type meter.reading --rate 500"
    })
final class PublishCommand implements Callable<Integer> {
  private static final int IN_FLIGHT_MAX = 10_000;
  private static final long PROGRESS_NS = 1_000_000_000L;
  private static final int RATE_MAX = 10_000_000;

  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--sector",
      required = true,
      paramLabel = "SECTOR",
      description = "Whose observations they are.")
  private String sector = "";

  @Option(
      names = "--source",
      paramLabel = "URN",
      description =
          "CSV: who observed. Each source has a clock of its own. Default: urn:knhk:file:<file name>.")
  private @Nullable String source;

  @Option(
      names = "--event-type",
      paramLabel = "TYPE",
      description = "CSV: what was observed. Default: the file's name.")
  private @Nullable String eventType;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Records a second; 0 for as fast as possible. Default: 0.")
  private int rate;

  @Option(names = "--no-wait", description = "Do not wait for the receipts.")
  private boolean noWait;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long to wait for the receipts. Default: 60.")
  private int timeoutSeconds = 60;

  @Parameters(paramLabel = "FILE", description = "FILE.csv or FILE.ndjson.")
  private Path file = Path.of("");

  PublishCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    checkOptions();
    PublishFile records = open();
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    if (!noWait) {
      // Asked before anything is sent: whoever waits for receipts needs the archive.
      connectArchive(endpoints);
    }
    Published published = new Published();
    try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(endpoints)) {
      send(records, producer, published);
    } catch (KafkaException e) {
      throw KafkaClients.unreachable(endpoints, e);
    } catch (IOException e) {
      throw unreadable(e);
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("file", file.toString());
    result.put("sent", published.count());
    Accounting accounting = null;
    if (!noWait && published.count() > 0) {
      accounting = new Accounting(endpoints, sector, published, terminal);
      accounting.await(timeoutSeconds);
      accounting.writeTo(result);
    }
    Rows.writeOne(terminal.out(), output.format(), result);
    if (accounting != null && !accounting.isComplete()) {
      throw CliError.NOT_ACCOUNTED.because(
          "expected a receipt for every record: sent="
              + published.count()
              + ", waitedSeconds="
              + timeoutSeconds,
          "The records are in Kafka and will be receipted: look again with knhk status.");
    }
    return ExitCode.OK;
  }

  private void checkOptions() {
    if (!Sectors.isKnown(sector)) {
      throw CliError.USAGE.because(
          "expected a known sector: --sector=" + sector + ", known=" + Sectors.ALL,
          "Give one of these.");
    }
    if (rate < 0 || rate > RATE_MAX) {
      throw CliError.USAGE.because(
          "expected a rate: --rate=" + rate + ", limit=" + RATE_MAX, "Give another --rate.");
    }
  }

  private PublishFile open() {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    String lower = name.toLowerCase(Locale.ROOT);
    try {
      if (lower.endsWith(".csv")) {
        String type =
            eventType != null ? eventType : name.substring(0, name.length() - ".csv".length());
        return CsvPublishFile.scan(
            file, sector, type, source != null ? source : "urn:knhk:file:" + name);
      }
      if (lower.endsWith(".ndjson")) {
        if (source != null || eventType != null) {
          throw CliError.USAGE.because(
              "expected --source and --event-type with a CSV only: an event of NDJSON has its own",
              "Leave them out.");
        }
        return NdjsonPublishFile.scan(file, sector);
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    throw CliError.USAGE.because(
        "expected FILE.csv or FILE.ndjson: file=" + file, "Rename the file.");
  }

  private CliException unreadable(IOException e) {
    return CliError.FILE_UNREADABLE.because(
        "expected a file that can be read: file=" + file + ", problem=" + e, "Name another.", e);
  }

  private static void connectArchive(ResolvedEndpoints endpoints) {
    try (Connection archive = Archive.asAuditor(endpoints)) {
      archive.isValid(1);
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  private void send(
      PublishFile records, KafkaProducer<byte[], byte[]> producer, Published published)
      throws IOException, InterruptedException {
    List<Future<RecordMetadata>> inFlight = new ArrayList<>();
    long startNs = System.nanoTime();
    long nextNs = startNs + PROGRESS_NS;
    long sent = 0;
    try (PublishFile.Records open = records.open()) {
      for (PublishFile.Message message = open.next(); message != null; message = open.next()) {
        pace(startNs, sent);
        inFlight.add(
            producer.send(
                new ProducerRecord<>(Topics.OBSERVATIONS, message.key(), message.value())));
        sent++;
        if (inFlight.size() == IN_FLIGHT_MAX) {
          settle(inFlight, published);
        }
        if (System.nanoTime() >= nextNs) {
          nextNs = System.nanoTime() + PROGRESS_NS;
          terminal.note("sent " + sent + " of " + records.count());
        }
      }
    }
    producer.flush();
    settle(inFlight, published);
    terminal.note("sent " + published.count() + " of " + records.count());
  }

  private void pace(long startNs, long sent) throws InterruptedException {
    if (rate > 0) {
      long aheadNs = startNs + sent * 1_000_000_000L / rate - System.nanoTime();
      if (aheadNs > 0) {
        Thread.sleep(aheadNs / 1_000_000, (int) (aheadNs % 1_000_000));
      }
    }
  }

  private static void settle(List<Future<RecordMetadata>> inFlight, Published published)
      throws InterruptedException {
    for (Future<RecordMetadata> future : inFlight) {
      try {
        RecordMetadata at = future.get();
        published.add(at.partition(), at.offset());
      } catch (ExecutionException e) {
        throw CliError.SEND_FAILED.because(
            "expected Kafka to take the records: taken="
                + published.count()
                + ", problem="
                + e.getCause(),
            "Run ./knhk status. Sending the file again sends those that were taken a second time.",
            e);
      }
    }
    inFlight.clear();
  }
}
