package io.holdfast.notifier.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingAddressesTest {

    private final OutgoingAddresses addresses = new OutgoingAddresses(List.of("10.7.0.0/16", "fd00:7::/32"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "0.0.0.0",
                "10.8.0.1",
                "172.16.0.1",
                "192.168.1.1",
                "100.64.0.1",
                "169.254.169.254",
                "168.63.129.16",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fd00:ec2::254",
                "fe80::1",
                "[::1]",
                "::ffff:127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "localhost"
            })
    void an_address_that_is_not_public_is_refused_however_it_is_written(String host) {
        assertThatThrownBy(() -> addresses.resolve(host))
                .isInstanceOf(DeliveryException.class)
                .hasMessageContaining("not a public address")
                .hasMessageContaining("HINT: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.7.255.1", "fd00:7::1", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111"})
    void public_addresses_and_allowed_networks_are_taken(String host) throws DeliveryException {
        assertThat(addresses.resolve(host)).isNotNull();
    }

    @Test
    void a_network_that_cannot_be_read_is_refused_and_not_looked_up() {
        for (String network : List.of("example.org", "10.0.0.0/33", "10.0.0.0/x", "10.0.0/8", "", "::/129")) {
            assertThatThrownBy(() -> new OutgoingAddresses(List.of(network)))
                    .as(network)
                    .hasMessageContaining("HINT: ");
        }
    }
}
