package io.knhk.embedded.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knhk.embedded.Eventually;
import io.knhk.jobs.LedgerOptions;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Topics;
import io.knhk.schemas.notification.Notification;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the jobs keep, as a savepoint of today's code names it, is what is committed. A savepoint
 * holds the types by name and shape, so a change of either makes old ones unreadable.
 */
class StateTypesITCase {
  static final String UPDATE = "knhk.state.update";
  static final Path COMMITTED =
      Path.of("src", "test", "resources", "savepoints", "state-types.txt");
  private static final Duration WAIT = Duration.ofMinutes(1);
  private static final String MUTE = "http://localhost:";

  @TempDir Path folder;

  @Test
  void shouldKeepItsStateAndMaximumParallelismWhenSaved() throws Exception {
    List<String> lines = new ArrayList<>();
    Map<String, Integer> maxParallelisms = new TreeMap<>();
    try (JobsStack stack = JobsStack.start(folder, null, Duration.ofMillis(500))) {
      Broker broker = new Broker(stack.bootstrapServers());
      JobID loop = stack.startLoop(1, null);
      JobID archive = stack.startArchive(1, null);
      broker.send(new Feed(0).payments(1).take());
      Eventually.until(
          WAIT,
          "the first observation is archived",
          () -> {
            stack.requireRunning(loop);
            stack.requireRunning(archive);
            ReceiptLog log = ReceiptLog.read(broker, stack.trusted());
            return log.received() == 1
                && Archived.lastIds(stack.postgresql()).equals(log.lastHashes());
          });
      SavepointStates ofLoop =
          SavepointStates.read(stack.stopWithSavepoint(loop, folder.resolve("savepoints")));
      SavepointStates ofArchive =
          SavepointStates.read(stack.stopWithSavepoint(archive, folder.resolve("savepoints")));
      SavepointStates ofNotify = ofNotify(stack, broker);
      describe("ClosedLoopJob", ofLoop, stack.loopGraph(1), lines);
      describe("ReceiptArchiveJob", ofArchive, stack.archiveGraph(1), lines);
      describe("NotificationJob", ofNotify, stack.notifyGraph(MUTE + "1"), lines);
      maxParallelisms.putAll(ofLoop.maxParallelisms());
      maxParallelisms.putAll(ofArchive.maxParallelisms());
      maxParallelisms.putAll(ofNotify.maxParallelisms());
    }
    if (Boolean.getBoolean(UPDATE)) {
      Files.write(COMMITTED, lines);
    }
    assertThat(differences(Files.readAllLines(COMMITTED), lines))
        .as(
            "the state that savepoints hold, - as committed, + as it is. What a release has written"
                + " is read for ever: add a V2 beside it (docs/handbook/state.md). While no release"
                + " has, write the list anew with -D%s=true",
            UPDATE)
        .isEmpty();
    assertThat(maxParallelisms)
        .as("maximum parallelism, by which keyed state is laid out")
        .isNotEmpty()
        .allSatisfy((uid, max) -> assertThat(max).as(uid).isEqualTo(128));
  }

  /** With a notification that waits. */
  private SavepointStates ofNotify(JobsStack stack, Broker broker) throws Exception {
    Notification notification =
        Notification.of(
            Notification.Kind.PENDING,
            LedgerOptions.LOG.defaultValue(),
            "finance",
            "n1",
            "request",
            5,
            JsonNodeFactory.instance.objectNode());
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      mute.setSoTimeout((int) WAIT.toMillis());
      JobID notify = stack.startNotify(MUTE + mute.getLocalPort());
      broker.send(
          List.of(
              new ProducerRecord<>(
                  Topics.NOTIFICATIONS,
                  "finance".getBytes(StandardCharsets.UTF_8),
                  Dsse.sign(
                          SigningKey.fromPem(stack.keys().signingFile()),
                          Notification.PAYLOAD_TYPE,
                          notification.encode())
                      .toJson())));
      mute.accept();
      return SavepointStates.read(stack.stopWithSavepoint(notify, folder.resolve("savepoints")));
    }
  }

  private static List<String> differences(List<String> committed, List<String> lines) {
    List<String> found = new ArrayList<>();
    committed.stream().filter(line -> !lines.contains(line)).forEach(l -> found.add("- " + l));
    lines.stream().filter(line -> !committed.contains(line)).forEach(l -> found.add("+ " + l));
    if (found.isEmpty() && !lines.equals(committed)) {
      found.add("the same lines in another order, or some of them twice");
    }
    return found;
  }

  private static void describe(
      String job, SavepointStates saved, StreamGraph graph, List<String> lines) throws Exception {
    lines.add("# " + job + ": uid | kind | name | type");
    lines.addAll(saved.stateLines());
    lines.addAll(ofSinks(graph));
    lines.add("# " + job + ": type | what is in it, in this order");
    lines.addAll(saved.typeLines());
  }

  /** What sinks keep is bytes to Flink; the versions of their serializers stand for it. */
  private static List<String> ofSinks(StreamGraph graph) {
    List<String> lines = new ArrayList<>();
    for (StreamNode node : graph.getStreamNodes()) {
      if (node.getOperatorFactory() instanceof SinkWriterOperatorFactory<?, ?> writer) {
        String uid = node.getTransformationUID();
        if (writer.getSink() instanceof SupportsCommitter<?> sink) {
          lines.add(line(uid, "committable", sink.getCommittableSerializer()));
        }
        if (writer.getSink() instanceof SupportsWriterState<?, ?> sink) {
          lines.add(line(uid, "writer state", sink.getWriterStateSerializer()));
        }
      }
    }
    return lines.stream().sorted().toList();
  }

  private static String line(String uid, String kind, SimpleVersionedSerializer<?> serializer) {
    return String.join(
        " | ",
        uid,
        kind,
        "",
        serializer.getClass().getName() + " version " + serializer.getVersion());
  }
}
