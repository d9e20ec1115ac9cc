package io.knhk.operators.types;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphTestUtils;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;

/** What an operator counts, by the metric's name, while a test runs it. */
public final class Counters {
  private final Map<String, Metric> metrics = new HashMap<>();

  /** For {@code MockEnvironmentBuilder.setMetricGroup}; a metric of a later one replaces. */
  public TaskMetricGroup group() {
    TestingMetricRegistry registry =
        TestingMetricRegistry.builder()
            .setRegisterConsumer(
                (metric, name, group) -> {
                  metrics.put(name, metric);
                  group
                      .getAllVariables()
                      .forEach((key, value) -> metrics.put(name + key + value, metric));
                })
            .build();
    return TaskManagerMetricGroup.createTaskManagerMetricGroup(
            registry, "localhost", ResourceID.generate())
        .addJob(new JobID(), "job")
        .addTask(ExecutionGraphTestUtils.createExecutionAttemptId(), "task");
  }

  /** Of the group that has this value under the key. */
  public long count(String name, String key, String value) {
    return count(name + "<" + key + ">" + value);
  }

  public long count(String name) {
    if (metrics.get(name) instanceof Counter counter) {
      return counter.getCount();
    }
    throw new AssertionError("expected a counter: name=" + name + ", known=" + metrics.keySet());
  }
}
