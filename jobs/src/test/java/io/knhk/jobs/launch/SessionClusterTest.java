package io.knhk.jobs.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against answers as Flink 2.2.1 gave them. */
class SessionClusterTest {
  private static final String LOOP = "6b6e686b000000000000000400000001";
  private static final String FOREIGN = "00000000000000000000000000000abc";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;
  private HttpServer server;

  @BeforeEach
  void startPage() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String answer = answers.get(exchange.getRequestURI().getPath());
          byte[] body = (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stopPage() {
    server.stop(0);
  }

  @Test
  void shouldNameTheRunningJobWhenItsIdIsOursOrItsName() throws Exception {
    jobs(job(LOOP, "renamed", "RUNNING"), job(FOREIGN, "knhk receipt archive", "RESTARTING"));

    assertThat(ask("jobs", "--job", "loop")).isZero();
    assertThat(said()).isEqualTo("running=" + LOOP + "\n");
    assertThat(ask("jobs", "--job", "archive")).isZero();
    assertThat(said()).isEqualTo("running=" + FOREIGN + "\n");
  }

  @Test
  void shouldNameNoJobWhenAllHaveEnded() throws Exception {
    jobs(job(LOOP, "knhk closed loop", "FAILED"), job(FOREIGN, "another", "RUNNING"));

    assertThat(ask("jobs", "--job", "loop")).isZero();
    assertThat(said()).isEmpty();
  }

  @Test
  void shouldPlanAnIdThatNeitherClusterNorTaskManagerKnowsWhenAJobIsResumed() throws Exception {
    jobs(job("6b6e686b000000000000000000000001", "knhk closed loop", "FINISHED"));

    assertThat(plan()).isZero();
    assertThat(said()).isEqualTo("job-id=6b6e686b000000000000000100000001\n");
    assertThat(plan("--resume", "true")).isZero();
    assertThat(said()).isEqualTo("job-id=6b6e686b000000000000000200000001\n");
  }

  @Test
  void shouldPlanNothingWhenTheJobRuns() throws Exception {
    jobs(job(LOOP, "knhk closed loop", "RESTARTING"));

    assertThat(plan()).isZero();
    assertThat(said()).isEqualTo("running=" + LOOP + "\n");
  }

  @Test
  void shouldPlanWhenThePageAnswersOnlyAfterAWhile() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    server.createContext(
        "/jobs/overview",
        exchange -> {
          byte[] body = "{\"jobs\":[]}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(asked.incrementAndGet() < 3 ? 503 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });

    assertThat(plan()).isEqualTo(SessionCluster.UNREACHABLE);
    assertThat(plan("--within", "60")).isZero();
    assertThat(said()).isEqualTo("job-id=6b6e686b000000000000000000000001\n");
  }

  @Test
  void shouldFailWithTheCodeWhenTheStateToStartFromIsNotThere() throws Exception {
    jobs();

    assertThat(plan("--from", folder.resolve("savepoint-none").toString())).isEqualTo(1);
    assertThat(err()).startsWith("KNHK-1211: ");
  }

  @Test
  void shouldBeStartedOnlyWhenEveryVertexRuns() throws Exception {
    answers.put("/jobs/" + LOOP, progress("RUNNING", "RUNNING", "RUNNING"));
    assertThat(started("0")).isZero();

    answers.put("/jobs/" + LOOP, progress("RUNNING", "RUNNING", "INITIALIZING"));
    answers.put("/jobs/" + LOOP + "/exceptions", exceptions());
    assertThat(started("0")).isEqualTo(1);
    assertThat(err()).contains("KNHK-1606", "state=RUNNING, running=1 of 2");
  }

  @Test
  void shouldTellARefusalFromAFailureWhenTheJobHasFailed() throws Exception {
    answers.put("/jobs/" + LOOP, progress("FAILED", "FAILED", "CANCELED"));
    answers.put(
        "/jobs/" + LOOP + "/exceptions",
        exceptions("org.x.Suppress: no\\nCaused by: java.lang.Ex: KNHK-1201: expected more"));
    assertThat(started("60")).isEqualTo(SessionCluster.REFUSED);
    assertThat(err()).isEqualTo("KNHK-1201: expected more\n");

    answers.put(
        "/jobs/" + LOOP + "/exceptions", exceptions("org.x.Ex: no\\nCaused by: java.lang.Ex: why"));
    assertThat(started("60")).isEqualTo(SessionCluster.FAILURE);
    assertThat(err()).contains("KNHK-1606", "problem=java.lang.Ex: why");
  }

  @Test
  void shouldWaitForAllTaskManagersOnlyAsLongAsItWasTold() throws Exception {
    answers.put("/overview", "{\"taskmanagers\":2,\"slots-total\":8,\"slots-available\":6}");

    assertThat(ask("await", "--task-managers", "2", "--within", "60")).isZero();
    assertThat(ask("await", "--task-managers", "3", "--within", "0")).isEqualTo(1);
    assertThat(err()).contains("KNHK-1605", "registered=2");
  }

  @Test
  void shouldSayUnreachableWhenThePageDoesNotAnswer() throws Exception {
    server.stop(0);

    assertThat(ask("jobs", "--job", "loop")).isEqualTo(SessionCluster.UNREACHABLE);
    assertThat(err()).startsWith("KNHK-1602: ");
  }

  @Test
  void shouldNameThePortWhenItIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      assertThat(ask("ports", "--ports", port)).isEqualTo(1);
      assertThat(err()).contains("KNHK-1604", "port=" + port);
    }
  }

  @Test
  void shouldShowProcessesAndJobsWhenAskedForTheStatus() throws Exception {
    Files.createDirectories(folder.resolve("run"));
    Files.writeString(folder.resolve("run/jobmanager.pid"), ProcessHandle.current().pid() + "\n");
    Files.writeString(folder.resolve("run/taskmanager-1.pid"), "999999999\n");
    answers.put("/overview", "{\"taskmanagers\":1,\"slots-total\":4,\"slots-available\":3}");
    jobs(job(LOOP, "knhk closed loop", "RUNNING"));
    answers.put("/jobs/" + LOOP, progress("RUNNING", "RUNNING", "SCHEDULED"));
    answers.put(
        "/jobs/" + LOOP + "/checkpoints",
        "{\"latest\":{\"completed\":{\"external_path\":\"file:/c/chk-7\"}}}");

    assertThat(ask("status", "--dir", folder.toString(), "--json", "true")).isZero();
    assertThat(said())
        .contains("{\"name\":\"taskmanager-1\",\"pid\":999999999,\"alive\":false}")
        .contains(
            "{\"job\":\"loop\",\"id\":\""
                + LOOP
                + "\",\"state\":\"STARTING\",\"parallelism\":2,\"checkpoint\":\"file:/c/chk-7\"}");
    assertThat(ask("status", "--dir", folder.toString())).isZero();
    assertThat(said()).contains("taskmanager-1    gone", "1 TaskManagers, 3 of 4 slots free");
  }

  @Test
  void shouldShowTheProcessesAllTheSameWhenThePageDoesNotAnswer() throws Exception {
    Files.createDirectories(folder.resolve("run"));
    server.stop(0);

    assertThat(ask("status", "--dir", folder.toString())).isEqualTo(SessionCluster.UNREACHABLE);
    assertThat(said()).contains("the page does not answer");
  }

  @Test
  void shouldExplainItselfWhenTheQuestionIsUnknown() throws Exception {
    assertThat(ask("fly")).isEqualTo(SessionCluster.USAGE);
    assertThat(err()).contains("fly", "Usage:");
  }

  private int plan(String... more) throws InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("--job", "loop"));
    arguments.addAll(List.of("--checkpoints", folder.resolve("checkpoints").toString()));
    arguments.addAll(List.of("--savepoints", folder.resolve("savepoints").toString()));
    arguments.addAll(List.of(more));
    return ask("plan", arguments.toArray(String[]::new));
  }

  private int started(String within) throws InterruptedException {
    return ask("started", "--id", LOOP, "--within", within);
  }

  private int ask(String question, String... more) throws InterruptedException {
    out.reset();
    err.reset();
    List<String> arguments = new ArrayList<>(List.of(question, "--page"));
    arguments.add("http://127.0.0.1:" + server.getAddress().getPort());
    arguments.addAll(List.of(more));
    return SessionCluster.run(
        arguments.toArray(String[]::new),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private void jobs(String... jobs) {
    answers.put("/jobs/overview", "{\"jobs\":[" + String.join(",", jobs) + "]}");
  }

  private static String job(String id, String name, String state) {
    return "{\"jid\":\"" + id + "\",\"name\":\"" + name + "\",\"state\":\"" + state + "\"}";
  }

  private static String progress(String state, String first, String second) {
    return "{\"state\":\""
        + state
        + "\",\"vertices\":[{\"parallelism\":1,\"status\":\""
        + first
        + "\"},{\"parallelism\":2,\"status\":\""
        + second
        + "\"}]}";
  }

  private static String exceptions(String... stacktraces) {
    List<String> entries = new ArrayList<>();
    for (String stacktrace : stacktraces) {
      entries.add("{\"stacktrace\":\"" + stacktrace + "\"}");
    }
    return "{\"exceptionHistory\":{\"entries\":["
        + String.join(",", entries)
        + "],\"truncated\":false}}";
  }
}
