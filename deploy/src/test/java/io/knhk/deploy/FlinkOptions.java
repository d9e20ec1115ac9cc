package io.knhk.deploy;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.autoscaler.config.AutoScalerOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptions;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.jspecify.annotations.Nullable;

/**
 * Every option that Flink, its RocksDB backend, its Kubernetes client and the autoscaler define,
 * read from the classes that define them, and those of the operator ({@link OperatorOptions}). An
 * older name of an option is not known here: it is to be replaced.
 */
final class FlinkOptions {
  private static final List<Class<?>> ONE_CLASS_OF_EACH_JAR =
      List.of(
          CoreOptions.class,
          JobGraph.class,
          RocksDBOptions.class,
          KubernetesConfigOptions.class,
          AutoScalerOptions.class);
  private static final Pattern REPORTER = Pattern.compile("metrics\\.reporter\\.(\\w+)\\.(.+)");

  private final Map<String, ConfigOption<?>> known = new HashMap<>();

  FlinkOptions() {
    ONE_CLASS_OF_EACH_JAR.forEach(this::readJarOf);
    OperatorOptions.ALL.forEach(option -> known.put(option.key(), option));
  }

  int size() {
    return known.size();
  }

  /**
   * What is wrong with a configuration, one line each; empty when every key is known and every
   * value is of its type.
   */
  List<String> problems(Map<String, String> configuration) {
    List<String> problems = new ArrayList<>();
    configuration.forEach(
        (key, value) -> {
          String problem = problem(key, value, configuration);
          if (problem != null) {
            problems.add(problem);
          }
        });
    return problems;
  }

  private @Nullable String problem(String key, String value, Map<String, String> configuration) {
    Matcher reporter = REPORTER.matcher(key);
    if (reporter.matches()) {
      return reporterProblem(reporter.group(1), reporter.group(2), value, configuration);
    }
    ConfigOption<?> option = known.get(key);
    return option == null ? "expected a known option: key=" + key : typeProblem(option, value);
  }

  private static @Nullable String typeProblem(ConfigOption<?> option, String value) {
    try {
      Configuration.fromMap(Map.of(option.key(), value)).getOptional(option);
      return null;
    } catch (IllegalArgumentException e) {
      return "expected a value of the option's type: " + option.key() + "=" + value + ", " + e;
    }
  }

  /**
   * A reporter's options are Flink's own, and what its factory reads from its properties: of
   * Prometheus' the port.
   */
  private static @Nullable String reporterProblem(
      String reporter, String suffix, String value, Map<String, String> configuration) {
    String factoryKey =
        "metrics.reporter." + reporter + "." + MetricOptions.REPORTER_FACTORY_CLASS.key();
    String factory = configuration.getOrDefault(factoryKey, "");
    try {
      Class<?> type = Class.forName(factory);
      if (!MetricReporterFactory.class.isAssignableFrom(type)) {
        return "expected a factory of metric reporters: " + factoryKey + "=" + factory;
      }
      if (suffix.equals(MetricOptions.REPORTER_FACTORY_CLASS.key())) {
        return null;
      }
      if (suffix.equals(argument(type, "ARG_PORT"))) {
        int port = Integer.parseInt(value);
        return port > 0 && port < 65_536 ? null : "expected a port: value=" + value;
      }
      return "expected an option of the reporter: reporter=" + reporter + ", key=" + suffix;
    } catch (ReflectiveOperationException e) {
      return "expected a factory that is there: " + factoryKey + "=" + factory;
    } catch (NumberFormatException e) {
      return "expected a port: value=" + value;
    }
  }

  private static Object argument(Class<?> factory, String field)
      throws ReflectiveOperationException {
    Field constant = factory.getDeclaredField(field);
    constant.setAccessible(true);
    return constant.get(null);
  }

  private void readJarOf(Class<?> one) {
    try (JarFile jar =
        new JarFile(new File(one.getProtectionDomain().getCodeSource().getLocation().toURI()))) {
      jar.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.startsWith("org/apache/flink/") && name.endsWith("Options.class"))
          .filter(name -> !name.contains("shaded"))
          .forEach(
              name ->
                  readClass(
                      name.substring(0, name.length() - ".class".length()).replace('/', '.')));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void readClass(String name) {
    try {
      for (Field field : Class.forName(name).getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())
            && field.getType() == ConfigOption.class
            && field.trySetAccessible()) {
          ConfigOption<?> option = (ConfigOption<?>) field.get(null);
          known.put(option.key(), option);
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("expected a class of options: name=" + name, e);
    }
  }
}
