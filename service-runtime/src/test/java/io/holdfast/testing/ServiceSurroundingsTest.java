package io.holdfast.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ServiceSurroundingsTest {

    @Test
    void nothing_is_left_of_the_control_planes_keys() {
        ServiceSurroundings surroundings = new ServiceSurroundings();
        surroundings.init(Map.of(ServiceSurroundings.BROKER, "away"));
        Map<String, String> settings = surroundings.start();
        Path key = Path.of(Objects.requireNonNull(settings.get("holdfast.control-plane-private-key")));
        assertThat(key).exists();

        surroundings.stop();

        assertThat(Objects.requireNonNull(key.getParent())).doesNotExist();
    }
}
