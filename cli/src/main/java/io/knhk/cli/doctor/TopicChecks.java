package io.knhk.cli.doctor;

import io.knhk.schemas.TopicLayout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether the topics are as the jobs need them. */
public final class TopicChecks {
  private static final String UNCLEAN = "unclean.leader.election.enable";
  private static final String MIN_IN_SYNC = "min.insync.replicas";
  private static final String FLUSH = "flush.messages";

  /** From here on a broker can die without a topic being lost or standing still. */
  private static final int COPIES_MIN = 3;

  private static final int IN_SYNC_MIN = 2;

  /** What was not read yet when a job stood still for a night is still there in the morning. */
  private static final long KEPT_MS_MIN = Duration.ofDays(1).toMillis();

  private final String bootstrapServers;
  private final int brokers;
  private final int parallelism;
  private final Findings findings;

  /**
   * @param bootstrapServers for the commands that mend
   * @param brokers of the cluster
   * @param parallelism of the jobs, 1 or more
   */
  public TopicChecks(String bootstrapServers, int brokers, int parallelism, Findings findings) {
    this.bootstrapServers = bootstrapServers;
    this.brokers = brokers;
    this.parallelism = parallelism;
    this.findings = findings;
  }

  /** Looks at every topic of the loop. */
  public void check(Map<String, TopicState> states) {
    TopicLayout.all().forEach(layout -> check(layout, states.get(layout.name())));
    int copies = states.values().stream().mapToInt(TopicState::copies).min().orElse(COPIES_MIN);
    if (brokers < COPIES_MIN && copies < COPIES_MIN) {
      findings.warning(
          "topic copies",
          "copies="
              + copies
              + ", want>="
              + COPIES_MIN
              + ", brokers="
              + brokers
              + ": what a disk loses is lost",
          "Run "
              + COPIES_MIN
              + " brokers; a topic is created there with knhk topics create --replication-factor "
              + COPIES_MIN);
    }
  }

  private void check(TopicLayout layout, @Nullable TopicState state) {
    if (state == null) {
      findings.failed(
          layout.name(),
          "expected the topic to be there",
          "knhk topics create --bootstrap-server " + bootstrapServers);
      return;
    }
    checkPartitions(layout, state);
    settings(layout, state);
    checkRetention(layout, state);
    checkCopies(layout, state);
  }

  private void checkPartitions(TopicLayout layout, TopicState state) {
    String found = "partitions=" + state.partitions() + ", kept " + state.kept();
    if (layout.inOnePartition() && state.partitions() != 1) {
      findings.failed(
          layout.name(),
          found + ", want=1: its records are read in one order",
          "Partitions cannot be taken away. If nothing was written to it yet: kafka-topics.sh"
              + " --bootstrap-server "
              + bootstrapServers
              + " --delete --topic "
              + layout.name()
              + " && knhk topics create --bootstrap-server "
              + bootstrapServers);
    } else if (state.withoutLeader() > 0) {
      findings.failed(
          layout.name(),
          found + ", partitions without a leader=" + state.withoutLeader(),
          "Start the brokers that are away; kafka-topics.sh --bootstrap-server "
              + bootstrapServers
              + " --describe --unavailable-partitions names them");
    } else if (state.behind() > 0) {
      findings.warning(
          layout.name(),
          found + ", partitions with a copy that is away or behind=" + state.behind(),
          "kafka-topics.sh --bootstrap-server "
              + bootstrapServers
              + " --describe --under-replicated-partitions");
    } else if (!layout.inOnePartition() && state.partitions() < parallelism) {
      findings.warning(
          layout.name(),
          found
              + ", want>="
              + parallelism
              + ", the parallelism: some instances have nothing to read",
          "Run the jobs with --parallelism "
              + state.partitions()
              + ". Partitions are added before first use only, since a source or a sector changes"
              + " its partition then: kafka-topics.sh --bootstrap-server "
              + bootstrapServers
              + " --alter --topic "
              + layout.name()
              + " --partitions "
              + Math.max(parallelism, layout.partitions()));
    } else {
      findings.ok(layout.name(), found);
    }
  }

  private void settings(TopicLayout layout, TopicState state) {
    Map<String, String> wanted = layout.settings();
    for (String name : List.of(TopicLayout.TIMESTAMP_TYPE, TopicLayout.CLEANUP_POLICY)) {
      String want = wanted.getOrDefault(name, "");
      if (!state.setting(name).equals(want)) {
        set(layout, name, state.setting(name), want, true);
      }
    }
    if (state.number(TopicLayout.MAX_MESSAGE_BYTES) < layout.batchBytesMax()) {
      String got = state.setting(TopicLayout.MAX_MESSAGE_BYTES);
      set(
          layout,
          TopicLayout.MAX_MESSAGE_BYTES,
          got,
          Integer.toString(layout.batchBytesMax()),
          true);
    }
    if (!state.setting(UNCLEAN).equals("false")) {
      set(layout, UNCLEAN, state.setting(UNCLEAN), "false", true);
    }
  }

  private void checkRetention(TopicLayout layout, TopicState state) {
    for (String name : List.of(TopicLayout.RETENTION_MS, TopicLayout.RETENTION_BYTES)) {
      long got = state.number(name);
      if (layout.evidence() && got != TopicLayout.UNLIMITED) {
        set(layout, name, Long.toString(got), Long.toString(TopicLayout.UNLIMITED), true);
      }
    }
    long ms = state.number(TopicLayout.RETENTION_MS);
    if (!layout.evidence() && ms >= 0 && ms < KEPT_MS_MIN) {
      set(layout, TopicLayout.RETENTION_MS, Long.toString(ms), ">=" + KEPT_MS_MIN, false);
    }
  }

  private void checkCopies(TopicLayout layout, TopicState state) {
    long inSync = state.number(MIN_IN_SYNC);
    if (state.copies() >= COPIES_MIN) {
      if (inSync < IN_SYNC_MIN) {
        set(layout, MIN_IN_SYNC, Long.toString(inSync), Integer.toString(IN_SYNC_MIN), true);
      }
      return;
    }
    if (brokers >= COPIES_MIN) {
      findings.failed(
          layout.name() + " copies",
          "got=" + state.copies() + ", want>=" + COPIES_MIN + ", brokers=" + brokers,
          "Before first use, delete it and run: knhk topics create --replication-factor "
              + COPIES_MIN
              + ". In use, add copies with kafka-reassign-partitions.sh, then set "
              + MIN_IN_SYNC
              + "="
              + IN_SYNC_MIN);
    }
    if (layout.evidence() && state.copies() == 1 && state.number(FLUSH) != 1) {
      set(layout, FLUSH, state.setting(FLUSH), "1", false);
    }
  }

  private void set(TopicLayout layout, String name, String got, String want, boolean fails) {
    String check = layout.name() + " " + name;
    String detail = "got=" + got + ", want=" + want;
    String next =
        "kafka-configs.sh --bootstrap-server "
            + bootstrapServers
            + " --alter --entity-type topics --entity-name "
            + layout.name()
            + " --add-config "
            + name
            + "="
            + want.replace(">=", "");
    if (fails) {
      findings.failed(check, detail, next);
    } else {
      findings.warning(check, detail, next);
    }
  }

  /** The settings of a new topic: those that hold everywhere, and those that its copies allow. */
  public static Map<String, String> settingsOfNew(TopicLayout layout, int copies) {
    Map<String, String> settings = layout.settings();
    settings.put(UNCLEAN, "false");
    if (copies >= COPIES_MIN) {
      settings.put(MIN_IN_SYNC, Integer.toString(IN_SYNC_MIN));
    } else if (copies == 1 && layout.evidence()) {
      // No other broker has it: on disk before its sender hears that it was taken.
      settings.put(FLUSH, "1");
    }
    return settings;
  }

  /** As many copies as a cluster of so many brokers should have of a topic. */
  public static int copiesFor(int brokers) {
    return Math.min(COPIES_MIN, Math.max(1, brokers));
  }
}
