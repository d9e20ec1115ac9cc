package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.kafka.common.utils.AppInfoParser;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

@Command(
    name = "version",
    description = "Shows the version of knhk, of the JDK and of what it brings.",
    footer = {"", "Example:", "  knhk version --json"})
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ObjectNode versions = JsonNodeFactory.instance.objectNode();
    versions.put("knhk", of(VersionCommand.class));
    versions.put("java", System.getProperty("java.version"));
    versions.put("kafka", AppInfoParser.getVersion());
    versions.put("flink", EnvironmentInformation.getVersion());
    versions.put("postgresqlDriver", Driver.class.getPackage().getImplementationVersion());
    Rows.writeOne(terminal.out(), output.format(), versions);
    return ExitCode.OK;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"knhk " + of(VersionCommand.class)};
  }

  private static String of(Class<?> type) {
    @Nullable String version = type.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
