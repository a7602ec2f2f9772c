package io.holdfast.notifier.channel;

import io.holdfast.notifier.NotifierConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Where messages may go. A name is resolved once, and whoever connects takes the address that was looked at here: a name
 * that means another address a moment later leads nowhere else. Private networks, and the addresses at which clouds
 * hand out credentials, are refused unless they are allowed. Thread safe.
 */
@Singleton
public class OutgoingAddresses {

    private final List<Network> allowed;

    @Inject
    OutgoingAddresses(NotifierConfig config) {
        this(config.allowedNetworks().orElse(List.of()));
    }

    /** @param allowed networks such as {@code 10.1.0.0/16}, or single addresses */
    OutgoingAddresses(List<String> allowed) {
        this.allowed = allowed.stream().map(Network::of).toList();
    }

    /**
     * The address to connect to.
     *
     * @throws DeliveryException when there is none, or one that is not allowed among them
     */
    public InetAddress resolve(String host) throws DeliveryException {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(
                    host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
        } catch (UnknownHostException e) {
            throw new DeliveryException("nobody knows the host " + host + ". HINT: check the name, and the DNS.", e);
        }
        for (InetAddress address : addresses) {
            check(host, address);
        }
        return addresses[0];
    }

    private void check(String host, InetAddress address) throws DeliveryException {
        if (ReservedNetworks.contain(address) && allowed.stream().noneMatch(network -> network.contains(address))) {
            throw new DeliveryException("the host " + host + " leads to " + address.getHostAddress()
                    + ", which is not a public address. HINT: if it is meant, name its network in"
                    + " HOLDFAST_NOTIFIER_ALLOWED_NETWORKS of the notifier.");
        }
    }
}
