package io.knhk.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.cli.doctor.Finding.Result;
import io.knhk.schemas.TopicLayout;
import io.knhk.schemas.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Brokers that a test on one machine does not have; the rest is in ClusterDoctorITCase. */
class TopicChecksTest {
  private static final int BROKERS = 3;

  private final Map<String, TopicState> states = new HashMap<>();

  TopicChecksTest() {
    for (TopicLayout layout : TopicLayout.all()) {
      put(
          layout.name(),
          layout.partitions(),
          BROKERS,
          0,
          0,
          TopicChecks.settingsOfNew(layout, BROKERS));
    }
  }

  @Test
  void shouldFindNothingWhenTopicsAreAsTheyAreCreated() {
    assertThat(check(BROKERS, 4)).extracting(Finding::result).containsOnly(Result.OK);
  }

  @ParameterizedTest
  @CsvSource({
    "unclean.leader.election.enable, true, FAILED, unclean.leader.election.enable=false",
    "min.insync.replicas, 1, FAILED, min.insync.replicas=2",
    "cleanup.policy, compact, FAILED, cleanup.policy=delete",
    "retention.bytes, 1000000, FAILED, retention.bytes=-1",
    "max.message.bytes, 1048588, FAILED, max.message.bytes=2097152"
  })
  void shouldGiveCommandWhenSettingIsWrong(String name, String value, Result result, String next) {
    Map<String, String> settings = new HashMap<>(states.get(Topics.RECEIPTS).settings());
    settings.put(name, value);
    put(Topics.RECEIPTS, 4, BROKERS, 0, 0, settings);

    Finding found = one(check(BROKERS, 4), Topics.RECEIPTS + " " + name);

    assertThat(found.result()).isEqualTo(result);
    assertThat(found.next()).startsWith("kafka-configs.sh --bootstrap-server b:1 ").endsWith(next);
  }

  @Test
  void shouldWarnOfFewCopiesOnceWhenThereAreFewBrokers() {
    for (TopicLayout layout : TopicLayout.all()) {
      put(layout.name(), layout.partitions(), 1, 0, 0, layout.settings());
    }
    List<Finding> findings = check(1, 1);

    assertThat(one(findings, "topic copies").result()).isEqualTo(Result.WARNING);
    // Nobody but this broker has a receipt: it has to be on its disk.
    assertThat(one(findings, Topics.RECEIPTS + " flush.messages").next())
        .endsWith("flush.messages=1");
    assertThat(findings)
        .noneMatch(finding -> finding.check().equals(Topics.OBSERVATIONS + " flush.messages"));
  }

  @Test
  void shouldFailWhenThereAreBrokersAndNoCopies() {
    put(Topics.RECEIPTS, 4, 1, 0, 0, states.get(Topics.RECEIPTS).settings());

    assertThat(one(check(BROKERS, 4), Topics.RECEIPTS + " copies").result())
        .isEqualTo(Result.FAILED);
  }

  @Test
  void shouldSayWhatIsAwayWhenPartitionsHaveNoLeaderOrLagBehind() {
    put(Topics.RECEIPTS, 4, BROKERS, 1, 2, states.get(Topics.RECEIPTS).settings());
    put(Topics.CONTROL, 1, BROKERS, 0, 1, states.get(Topics.CONTROL).settings());

    assertThat(one(check(BROKERS, 4), Topics.RECEIPTS).result()).isEqualTo(Result.FAILED);
    assertThat(one(check(BROKERS, 4), Topics.CONTROL).result()).isEqualTo(Result.WARNING);
  }

  @Test
  void shouldWarnWhenObservationsGoBeforeTheMorning() {
    Map<String, String> settings = new HashMap<>(states.get(Topics.OBSERVATIONS).settings());
    settings.put(TopicLayout.RETENTION_MS, "3600000");
    put(Topics.OBSERVATIONS, 4, BROKERS, 0, 0, settings);

    assertThat(one(check(BROKERS, 4), Topics.OBSERVATIONS).detail())
        .isEqualTo("partitions=4, kept 1 h or 8192 MiB a partition");
    assertThat(one(check(BROKERS, 4), Topics.OBSERVATIONS + " retention.ms").result())
        .isEqualTo(Result.WARNING);
  }

  private void put(
      String name, int partitions, int copies, int away, int behind, Map<String, String> settings) {
    states.put(name, new TopicState(name, partitions, copies, away, behind, settings));
  }

  private List<Finding> check(int brokers, int parallelism) {
    Findings findings = new Findings();
    new TopicChecks("b:1", brokers, parallelism, findings).check(states);
    return findings.all();
  }

  private static Finding one(List<Finding> findings, String check) {
    return findings.stream().filter(f -> f.check().equals(check)).findFirst().orElseThrow();
  }
}
