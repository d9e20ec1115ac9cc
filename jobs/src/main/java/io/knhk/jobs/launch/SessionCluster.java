package io.knhk.jobs.launch;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.util.ParameterTool;

/**
 * What the script {@code flink-conf/cluster} asks of its Flink session cluster, in lines that a
 * shell can read. Exit codes: 0 yes, 1 no, 2 usage, 5 the page does not answer, 6 the job refused
 * to start.
 */
public final class SessionCluster {
  static final int OK = 0;
  static final int FAILURE = 1;
  static final int USAGE = 2;
  static final int UNREACHABLE = 5;
  static final int REFUSED = 6;

  /** How a message of the start-up guard begins. */
  private static final String GUARD = "KNHK-12";

  private static final Duration POLL = Duration.ofMillis(200);
  private static final String USAGE_TEXT =
      """
      Usage: SessionCluster ports --ports PORT,PORT..
             SessionCluster await --page URL --task-managers N --within SECONDS
             SessionCluster jobs --page URL --job loop|archive|notify
             SessionCluster plan --page URL --job loop|archive|notify --checkpoints DIR --savepoints DIR [--from STATE | --resume true] [--within SECONDS]
             SessionCluster started --page URL --id ID --within SECONDS
             SessionCluster cause --file FILE
             SessionCluster status --page URL --dir DIR [--json true]
      """;

  private final ParameterTool given;
  private final PrintStream out;
  private final PrintStream err;

  private SessionCluster(ParameterTool given, PrintStream out, PrintStream err) {
    this.given = given;
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) throws InterruptedException {
    System.exit(run(args, System.out, System.err));
  }

  static int run(String[] args, PrintStream out, PrintStream err) throws InterruptedException {
    if (args.length == 0) {
      err.print(USAGE_TEXT);
      return USAGE;
    }
    try {
      String[] options = Arrays.copyOfRange(args, 1, args.length);
      SessionCluster asked = new SessionCluster(ParameterTool.fromArgs(options), out, err);
      return asked.answer(args[0]);
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.print(USAGE_TEXT);
      return USAGE;
    } catch (IOException e) {
      err.println("KNHK-1602: expected the cluster to answer: problem=" + e);
      return UNREACHABLE;
    }
  }

  private int answer(String question) throws IOException, InterruptedException {
    return switch (question) {
      case "ports" -> ports();
      case "await" -> await();
      case "jobs" -> jobs();
      case "started" -> started();
      case "cause" -> cause();
      case "plan" -> plan();
      case "status" ->
          new SessionStatus(page(), Path.of(given.getRequired("dir")))
              .print(out, given.getBoolean("json", false));
      default -> throw new IllegalArgumentException("expected a known question: " + question);
    };
  }

  /** What a person wants to read of what a program printed before it failed. */
  private int cause() throws IOException {
    out.println(RootCause.of(Files.readString(Path.of(given.getRequired("file")))));
    return OK;
  }

  /** Whether nobody listens on the ports. */
  private int ports() {
    for (String text : given.getRequired("ports").split(",", -1)) {
      int port = Integer.parseInt(text);
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      } catch (IOException e) {
        err.println(
            "KNHK-1604: expected a free port: port="
                + port
                + " on 127.0.0.1 is taken by another program. Name another with --port; the one"
                + " after it has to be free too.");
        return FAILURE;
      }
    }
    return OK;
  }

  /** Waits until the page answers and all TaskManagers have registered. */
  private int await() throws InterruptedException {
    int wanted = given.getInt("task-managers");
    String[] last = {"the page does not answer"};
    boolean isThere =
        poll(
            within(),
            page -> {
              try {
                SessionPage.Workers workers = page.workers();
                last[0] = "registered=" + workers.taskManagers();
                return workers.taskManagers() >= wanted;
              } catch (IOException e) {
                return false;
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
              }
            });
    if (!isThere) {
      err.println(
          "KNHK-1605: expected "
              + wanted
              + " TaskManagers within "
              + within().toSeconds()
              + " s: "
              + last[0]);
      return FAILURE;
    }
    return OK;
  }

  /** {@code running=ID} where the job has not ended. */
  private int jobs() throws IOException, InterruptedException {
    running(KnhkJob.of(given.getRequired("job")), page().jobs());
    return OK;
  }

  /**
   * {@code running=ID} where the job has not ended, else what {@link LaunchPlanner} says. With
   * {@code --resume} checkpoints that nobody would remove any more are removed.
   */
  private int plan() throws IOException, InterruptedException {
    KnhkJob job = KnhkJob.of(given.getRequired("job"));
    List<SessionPage.SessionJob> known = knownJobs();
    if (running(job, known)) {
      return OK;
    }
    Path checkpoints = Path.of(given.getRequired("checkpoints"));
    List<Path> folders = List.of(checkpoints, Path.of(given.getRequired("savepoints")));
    Set<JobID> taken =
        known.stream().map(one -> JobID.fromHexString(one.id())).collect(Collectors.toSet());
    try {
      LaunchPlan plan;
      if (given.has("from")) {
        plan = LaunchPlan.from(Path.of(given.getRequired("from")), job, folders, taken);
      } else if (given.getBoolean("resume", false)) {
        plan = LaunchPlan.resume(job, folders, taken).underNextId(job, taken);
      } else {
        plan = LaunchPlan.anew(job, folders, taken);
      }
      LaunchPlanner.print(plan, out, err);
      return OK;
    } catch (LaunchException e) {
      err.println(e.getMessage());
      return FAILURE;
    }
  }

  /** A JobManager that was started again answers soon. */
  private List<SessionPage.SessionJob> knownJobs() throws IOException, InterruptedException {
    SessionPage page = page();
    long deadlineNs = System.nanoTime() + Duration.ofSeconds(given.getInt("within", 0)).toNanos();
    while (true) {
      try {
        return page.jobs();
      } catch (IOException e) {
        if (System.nanoTime() - deadlineNs > 0) {
          throw e;
        }
        Thread.sleep(POLL.toMillis());
      }
    }
  }

  private boolean running(KnhkJob job, List<SessionPage.SessionJob> known) {
    Optional<SessionPage.SessionJob> running =
        known.stream().filter(one -> !one.hasEnded() && isOne(job, one)).findFirst();
    running.ifPresent(one -> out.println("running=" + one.id()));
    return running.isPresent();
  }

  /** Somebody may have submitted it without an id of ours: then its name says so. */
  static boolean isOne(KnhkJob job, SessionPage.SessionJob known) {
    return known.name().equals(job.title())
        || job.generation(JobID.fromHexString(known.id())).isPresent();
  }

  /** Waits until every task of a job that was submitted runs, or the job has failed. */
  private int started() throws IOException, InterruptedException {
    String id = given.getRequired("id");
    SessionPage page = page();
    long deadlineNs = System.nanoTime() + within().toNanos();
    while (true) {
      SessionPage.Progress progress = page.progress(id);
      if (progress.isRunning()) {
        return OK;
      }
      boolean hasFailed = progress.state().equals("FAILED");
      if (hasFailed || System.nanoTime() - deadlineNs > 0) {
        Optional<String> failure = page.lastFailure(id);
        return notStarted(progress, failure.orElse("nothing failed yet"));
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  private int notStarted(SessionPage.Progress progress, String failure) {
    if (failure.startsWith(GUARD)) {
      err.println(failure);
      return REFUSED;
    }
    err.println(
        "KNHK-1606: expected every task to run: state="
            + progress.state()
            + ", running="
            + progress.running()
            + " of "
            + progress.vertices()
            + ", problem="
            + failure);
    return FAILURE;
  }

  private boolean poll(Duration within, Predicate<SessionPage> isThere)
      throws InterruptedException {
    SessionPage page = page();
    long deadlineNs = System.nanoTime() + within.toNanos();
    while (!isThere.test(page)) {
      if (System.nanoTime() - deadlineNs > 0) {
        return false;
      }
      Thread.sleep(POLL.toMillis());
    }
    return true;
  }

  private Duration within() {
    return Duration.ofSeconds(given.getInt("within"));
  }

  private SessionPage page() {
    return new SessionPage(URI.create(given.getRequired("page")));
  }
}
