package io.knhk.deploy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;
import org.apache.flink.kubernetes.operator.api.FlinkSessionJob;
import org.apache.flink.kubernetes.operator.api.FlinkStateSnapshot;
import org.apache.flink.kubernetes.operator.api.spec.FlinkVersion;
import org.jspecify.annotations.Nullable;

/**
 * Reads a document into the class that the operator, or its Kubernetes client, reads it into; but
 * where those let pass what they do not know (to be compatible with each other's versions), this
 * one fails, at any depth.
 */
final class StrictReader {
  /**
   * The one exception. Operator 1.15 added this value, and no release of its API after 1.10 is on
   * Maven Central. When the version of flink-kubernetes-operator-api that is read with knows it,
   * {@link OperatorResourcesTest} says that this exception has to go.
   */
  static final String FLINK_VERSION_OF_A_LATER_API = "v2_2";

  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "flink.apache.org/v1beta1 FlinkDeployment", FlinkDeployment.class,
          "flink.apache.org/v1beta1 FlinkSessionJob", FlinkSessionJob.class,
          "flink.apache.org/v1beta1 FlinkStateSnapshot", FlinkStateSnapshot.class,
          "v1 ConfigMap", ConfigMap.class,
          "v1 Secret", Secret.class,
          "v1 ServiceAccount", ServiceAccount.class,
          "v1 PersistentVolumeClaim", PersistentVolumeClaim.class,
          "rbac.authorization.k8s.io/v1 Role", Role.class,
          "rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class,
          "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class);

  private final ObjectMapper mapper = mapper();

  /**
   * @throws IllegalArgumentException that names the field which is unknown or of another type
   */
  Object read(Manifest manifest) {
    String type = manifest.text("apiVersion") + " " + manifest.kind();
    Class<?> known = KINDS.get(type);
    if (known == null) {
      throw new IllegalArgumentException(
          "expected a known apiVersion and kind: is=" + type + ", file=" + manifest.file());
    }
    Map<String, Object> tree = new LinkedHashMap<>(manifest.tree());
    if (CustomResource.class.isAssignableFrom(known)) {
      // Their classes have these two from annotations, by which the class was found here.
      tree.remove("apiVersion");
      tree.remove("kind");
    }
    if (FLINK_VERSION_OF_A_LATER_API.equals(manifest.at("spec", "flinkVersion"))) {
      Map<String, Object> spec = new LinkedHashMap<>(manifest.map("spec"));
      spec.put("flinkVersion", FlinkVersion.current().name());
      tree.put("spec", spec);
    }
    return mapper.convertValue(tree, known);
  }

  private static ObjectMapper mapper() {
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .annotationIntrospector(new NothingIsIgnored())
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS);
    for (CoercionInputShape scalar :
        new CoercionInputShape[] {
          CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean
        }) {
      builder.withCoercionConfig(
          LogicalType.Textual, config -> config.setCoercion(scalar, CoercionAction.Fail));
    }
    return builder.build();
  }

  /**
   * The classes say that unknown fields are ignored (the operator's) or kept aside (the client's):
   * neither is heard.
   */
  private static final class NothingIsIgnored extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonIgnoreProperties.Value findPropertyIgnoralByName(
        MapperConfig<?> config, Annotated annotated) {
      return super.findPropertyIgnoralByName(config, annotated).withoutIgnoreUnknown();
    }

    @Override
    public @Nullable Boolean hasAnySetter(Annotated annotated) {
      return super.hasAnySetter(annotated) == null ? null : Boolean.FALSE;
    }
  }
}
