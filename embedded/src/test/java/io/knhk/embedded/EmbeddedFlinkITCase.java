package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.jobs.launch.KnhkJob;
import io.knhk.jobs.launch.LaunchException;
import io.knhk.jobs.launch.LaunchPlan;
import io.knhk.jobs.launch.RetainedState;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedFlinkITCase {
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void shouldGoOnFromTheNewestCheckpointWhenStartedAgain() throws Exception {
    try (StateDirectory state = StateDirectory.open(folder)) {
      try (EmbeddedFlink flink = EmbeddedFlink.start(state, OptionalInt.empty(), 1)) {
        assertThat(flink.webPage().getHost()).isEqualTo("127.0.0.1");
        assertThat(get(flink.webPage().resolve("/"))).contains("<title>Apache Flink Web Dashboard");
        JobClient one = flink.submit(counting(state), KnhkJob.LOOP, note -> {});
        JobClient two = flink.submit(counting(state), KnhkJob.ARCHIVE, note -> {});
        Eventually.until(
            WAIT,
            "both jobs run and have a checkpoint",
            () ->
                one.getJobStatus().get() == JobStatus.RUNNING
                    && two.getJobStatus().get() == JobStatus.RUNNING
                    && newest(state, KnhkJob.LOOP).isPresent()
                    && newest(state, KnhkJob.ARCHIVE).isPresent());
        flink.close();
      }
      Path newest = newest(state, KnhkJob.LOOP).orElseThrow();

      try (EmbeddedFlink flink = EmbeddedFlink.start(state, OptionalInt.empty(), 1)) {
        JobClient one = flink.submit(counting(state), KnhkJob.LOOP, note -> {});
        Eventually.until(
            WAIT,
            "the job has made a newer checkpoint",
            () ->
                one.getJobStatus().get() == JobStatus.RUNNING
                    && !newest(state, KnhkJob.LOOP).orElse(newest).equals(newest));
        JsonNode checkpoints =
            JSON.readTree(
                get(flink.webPage().resolve("/jobs/" + KnhkJob.LOOP.id(0) + "/checkpoints")));
        assertThat(checkpoints.at("/latest/restored/external_path").asText())
            .endsWith(KnhkJob.LOOP.id(0) + "/" + newest.getFileName());
        assertThat(checkpoints.at("/latest/completed/state_size").asLong()).isPositive();
      }
    }
  }

  @Test
  void shouldTakeNoJarsWhenAskedOverItsWebPage() throws Exception {
    try (StateDirectory state = StateDirectory.open(folder);
        EmbeddedFlink flink = EmbeddedFlink.start(state, OptionalInt.empty(), 1)) {
      Eventually.until(
          WAIT,
          "the cluster has a leader",
          () -> ask(flink.webPage().resolve("/overview")).statusCode() == 200);

      HttpResponse<String> response = ask(flink.webPage().resolve("/jars"));

      assertThat(response.statusCode()).isEqualTo(404);
    }
  }

  @Test
  void shouldRefuseWhenTheNamedPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        StateDirectory state = StateDirectory.open(folder)) {
      assertThatThrownBy(() -> EmbeddedFlink.start(state, OptionalInt.of(taken.getLocalPort()), 1))
          .isInstanceOfSatisfying(
              StackException.class, e -> assertThat(e.code()).isEqualTo(StackException.PORT_TAKEN))
          .hasMessageContaining("Flink's web page");
    }
  }

  private static Optional<Path> newest(StateDirectory state, KnhkJob job) throws LaunchException {
    return LaunchPlan.resume(job, List.of(state.checkpoints()), Set.of())
        .from()
        .map(RetainedState::folder);
  }

  private static StreamGraph counting(StateDirectory state) {
    Configuration configuration = EmbeddedFlink.base(state);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(1);
    DataGeneratorSource<Long> numbers =
        new DataGeneratorSource<>(
            n -> n, Long.MAX_VALUE, RateLimiterStrategy.perSecond(200), Types.LONG);
    environment
        .fromSource(numbers, WatermarkStrategy.noWatermarks(), "numbers")
        .uid("numbers")
        .keyBy(n -> n % 10)
        .reduce(Long::sum)
        .uid("sum")
        .sinkTo(new DiscardingSink<>())
        .uid("nowhere");
    StreamGraph graph = environment.getStreamGraph();
    graph.setJobName("counting");
    return graph;
  }

  private static String get(URI uri) throws Exception {
    HttpResponse<String> response = ask(uri);
    assertThat(response.statusCode()).as(uri.toString()).isEqualTo(200);
    return response.body();
  }

  private static HttpResponse<String> ask(URI uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
