package io.knhk.flinkconf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.kubernetes.highavailability.KubernetesLeaderElectionHaServices;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** Every option that the Flink jars on the class path declare as a constant. */
final class FlinkOptions {
  /** A class of each jar that is read. */
  private static final List<Class<?>> JARS =
      List.of(
          CoreOptions.class,
          CliFrontend.class,
          JobGraph.class,
          RocksDBOptions.class,
          PrometheusReporterFactory.class,
          KubernetesLeaderElectionHaServices.class);

  private static final String REPORTER = "metrics.reporter.";
  private static final String FACTORY = "factory.class";

  /** What {@link PrometheusReporterFactory} reads beside Flink's own. */
  private static final List<String> PROMETHEUS = List.of("port", "filterLabelValueCharacters");

  private final Map<String, ConfigOption<?>> options = new TreeMap<>();

  private FlinkOptions() {}

  static FlinkOptions onTheClassPath() {
    FlinkOptions found = new FlinkOptions();
    JARS.forEach(found::addJarOf);
    return found;
  }

  /** A line an option that does not exist, or whose value is none of its type. */
  List<String> problems(Configuration configuration) {
    List<String> problems = new ArrayList<>();
    for (String key : configuration.keySet()) {
      try {
        check(key, configuration);
      } catch (IllegalArgumentException | ClassNotFoundException e) {
        problems.add(key + ": " + e);
      }
    }
    return problems;
  }

  /** The value in its option's type, the default where it is not set. */
  Object value(String key, Configuration configuration) {
    return configuration.get(options.get(key));
  }

  private void check(String key, Configuration configuration) throws ClassNotFoundException {
    if (key.startsWith(REPORTER)) {
      checkReporter(key.substring(key.indexOf('.', REPORTER.length()) + 1), key, configuration);
      return;
    }
    ConfigOption<?> option = options.get(key);
    if (option == null) {
      throw new IllegalArgumentException("expected an option that Flink knows");
    }
    configuration.getOptional(option);
  }

  private void checkReporter(String suffix, String key, Configuration configuration)
      throws ClassNotFoundException {
    if (suffix.equals(FACTORY)) {
      Class<?> factory = Class.forName(configuration.toMap().get(key));
      if (!MetricReporterFactory.class.isAssignableFrom(factory)) {
        throw new IllegalArgumentException("expected a reporter factory: " + key + "=" + factory);
      }
    } else if (!PROMETHEUS.contains(suffix)
        && List.of(
                MetricOptions.REPORTER_INTERVAL,
                MetricOptions.REPORTER_SCOPE_DELIMITER,
                MetricOptions.REPORTER_INCLUDES,
                MetricOptions.REPORTER_EXCLUDES)
            .stream()
            .noneMatch(option -> option.key().equals(suffix))) {
      throw new IllegalArgumentException("expected an option of a reporter");
    }
  }

  private void addJarOf(Class<?> one) {
    try (JarFile jar =
        new JarFile(
            Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()).toFile())) {
      for (JarEntry entry : jar.stream().toList()) {
        String name = entry.getName();
        if (name.startsWith("org/apache/flink/") && name.endsWith("Options.class")) {
          addClass(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void addClass(String name) {
    try {
      for (Field field : Class.forName(name).getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())
            && Modifier.isPublic(field.getModifiers())
            && field.getType() == ConfigOption.class) {
          ConfigOption<?> option = (ConfigOption<?>) field.get(null);
          options.put(option.key(), option);
        }
      }
    } catch (ClassNotFoundException | IllegalAccessException e) {
      throw new IllegalStateException("expected a class that can be read: name=" + name, e);
    } catch (LinkageError e) {
      // Options that refer to what is not here are not known, and then the configurations must not
      // name them.
    }
  }
}
