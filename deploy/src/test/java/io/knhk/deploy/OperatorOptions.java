package io.knhk.deploy;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.kubernetes.operator.api.status.CheckpointType;
import org.apache.flink.kubernetes.operator.api.status.SavepointFormatType;

/**
 * The options of the operator that may stand in a resource's flinkConfiguration, as its
 * configuration page has them ("Resource/User Configuration", operator 1.10 and later). The class
 * that defines them, KubernetesOperatorConfigOptions, is in an artifact that is not on Maven
 * Central.
 */
final class OperatorOptions {
  private static final String PREFIX = "kubernetes.operator.";

  static final List<ConfigOption<?>> ALL =
      List.of(
          switchOf("cluster.health-check.checkpoint-progress.enabled"),
          durationOf("cluster.health-check.checkpoint-progress.window"),
          switchOf("cluster.health-check.enabled"),
          numberOf("cluster.health-check.restarts.threshold"),
          durationOf("cluster.health-check.restarts.window"),
          durationOf("checkpoint.trigger.grace-period"),
          key(PREFIX + "checkpoint.type").enumType(CheckpointType.class).noDefaultValue(),
          durationOf("deployment.readiness.timeout"),
          switchOf("deployment.rollback.enabled"),
          durationOf("jm-deployment.shutdown-ttl"),
          switchOf("jm-deployment.startup.probe.enabled"),
          switchOf("jm-deployment-recovery.enabled"),
          switchOf("job.drain-on-savepoint-deletion"),
          switchOf("job.restart.failed"),
          switchOf("job.savepoint-on-deletion"),
          switchOf("job.upgrade.ignore-pending-savepoint"),
          switchOf("job.upgrade.inplace-scaling.enabled"),
          switchOf("job.upgrade.last-state-fallback.enabled"),
          switchOf("job.upgrade.last-state.job-cancel.enabled"),
          durationOf("job.upgrade.last-state.max.allowed.checkpoint.age"),
          // These two take a cron expression as well; a duration is what is wanted here.
          durationOf("periodic.checkpoint.interval"),
          durationOf("periodic.savepoint.interval"),
          switchOf("pod-template.merge-arrays-by-name"),
          switchOf("savepoint.cleanup.enabled"),
          switchOf("savepoint.dispose-on-delete"),
          key(PREFIX + "savepoint.format.type")
              .enumType(SavepointFormatType.class)
              .noDefaultValue(),
          durationOf("savepoint.history.max.age"),
          numberOf("savepoint.history.max.count"),
          durationOf("savepoint.trigger.grace-period"),
          switchOf("snapshot.resource.enabled"));

  private OperatorOptions() {}

  private static ConfigOption<?> switchOf(String name) {
    return key(PREFIX + name).booleanType().noDefaultValue();
  }

  private static ConfigOption<?> durationOf(String name) {
    return key(PREFIX + name).durationType().noDefaultValue();
  }

  private static ConfigOption<?> numberOf(String name) {
    return key(PREFIX + name).intType().noDefaultValue();
  }
}
