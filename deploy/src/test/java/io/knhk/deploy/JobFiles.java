package io.knhk.deploy;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * What the main container of a job's pods finds at a path: followed from the mount to the ConfigMap
 * or Secret.
 */
final class JobFiles {
  private final Manifests manifests;
  private final Manifest deployment;

  JobFiles(Manifests manifests, Manifest job) {
    this.manifests = manifests;
    this.deployment = manifests.deploymentOf(job);
  }

  /** The Java properties in a file. */
  Map<String, String> properties(String path) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(content(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> values = new HashMap<>();
    properties.forEach((key, value) -> values.put((String) key, (String) value));
    return values;
  }

  /**
   * Text of the file that a container sees.
   *
   * @throws AssertionError that says which of the steps leads nowhere
   */
  String content(String path) {
    return content(pod("containers").get(0), path);
  }

  private String content(Map<String, Object> container, String path) {
    int slash = path.lastIndexOf('/');
    String folder = path.substring(0, slash);
    String name = path.substring(slash + 1);
    Map<String, Object> mount =
        list(container, "volumeMounts").stream()
            .filter(candidate -> folder.equals(candidate.get("mountPath")))
            .findFirst()
            .orElseThrow(
                () -> new AssertionError("expected a mount: path=" + folder + ", " + deployment));
    Manifest volume = volume(String.valueOf(mount.get("name")));
    if (volume.at("configMap") != null) {
      return entry(manifests.get("ConfigMap", volume.text("configMap", "name")), "data", name);
    }
    if (volume.at("secret") != null) {
      return entry(
          manifests.get("Secret", volume.text("secret", "secretName")), "stringData", name);
    }
    return copied(path);
  }

  /** A volume that is empty at first has what an init container installs there. */
  private String copied(String path) {
    for (Map<String, Object> init : pod("initContainers")) {
      List<?> command = (List<?>) init.get("command");
      if (path.equals(command.get(command.size() - 1))) {
        return content(init, String.valueOf(command.get(command.size() - 2)));
      }
    }
    throw new AssertionError(
        "expected an init container that makes it: path=" + path + ", " + deployment);
  }

  private Manifest volume(String name) {
    return pod("volumes").stream()
        .filter(volume -> name.equals(volume.get("name")))
        .map(volume -> new Manifest(deployment.file(), volume))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("expected a volume: name=" + name + ", " + deployment));
  }

  private static String entry(Manifest holder, String section, String name) {
    Object text = holder.map(section).get(name);
    if (text == null) {
      throw new AssertionError("expected an entry: name=" + name + ", in=" + holder);
    }
    return text.toString();
  }

  private List<Map<String, Object>> pod(String list) {
    return deployment.maps("spec", "podTemplate", "spec", list);
  }

  private static List<Map<String, Object>> list(Map<String, Object> of, String key) {
    return new Manifest("", of).maps(key);
  }
}
