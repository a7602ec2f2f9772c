package io.holdfast.notifier;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the notifier can be told, beside what every service can. */
@ConfigMapping(prefix = "holdfast.notifier")
public interface NotifierConfig {

    /**
     * What happened longer ago than this, and before the notifier's first start, is history: it counts for what is open,
     * but nobody is told.
     */
    @WithDefault("1d")
    Duration newsAge();

    /** How often due deliveries are looked for, beside the wake-up after each decision. */
    @WithDefault("1s")
    Duration polling();

    /** The wait before the second attempt at a delivery; doubles with each further one. */
    @WithDefault("5s")
    Duration retryDelay();

    /** The longest wait between two attempts. */
    @WithDefault("5m")
    Duration retryDelayLimit();

    /** After this long a delivery is given up. */
    @WithDefault("3d")
    Duration giveUpAfter();

    /** How long a notice waits for somebody to be told to, where nobody is defined. */
    @WithDefault("10m")
    Duration waitForReceivers();

    /** How long connecting to a mail server, and each of its answers, may take. */
    @WithDefault("10s")
    Duration smtpTimeout();

    /** How long connecting to any other receiver, and each of its answers, may take. */
    @WithDefault("10s")
    Duration httpTimeout();

    /** Networks and addresses that messages may go to though they are not public, such as {@code 10.1.0.0/16}. */
    Optional<List<String>> allowedNetworks();

    /** How long a first message waits for others that can be told together with it. */
    @WithDefault("5s")
    Duration groupWait();

    /** So many notices at once, and more, are told to people in one message. */
    @WithDefault("5")
    int groupFrom();

    /** After this long without success, somebody else is told as well. */
    @WithDefault("5m")
    Duration passOnAfter();
}
