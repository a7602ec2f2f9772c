package io.holdfast.scheduler.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the servers of a cluster are: one alone, or a list of its members.
 *
 * @param host of the first
 * @param port of the first
 * @param all  each as {@code host:port}; null where there is no list
 */
record ClusterMembers(String host, int port, @Nullable List<String> all) {

    private static final int DEFAULT_PORT = 5432;
    private static final int MOST = 16;
    // A name, an address, or the folder of a Unix domain socket, whose path has at most 107 bytes with its own name.
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,253}|/[A-Za-z0-9._/-]{0,90}");
    private static final Pattern MEMBER =
            Pattern.compile("(\\[[0-9A-Fa-f:.%]{2,60}]|[A-Za-z0-9._-]{1,253}|/[A-Za-z0-9._/-]{0,90})(?::(\\d{1,5}))?");

    static @Nullable ClusterMembers read(Section section) {
        if (section.values().containsKey("hosts")) {
            return several(section);
        }
        String host = section.requiredText("host", "name the server, such as `host: db1.example.org`");
        if (host != null && !HOST.matcher(host).matches()) {
            section.problems()
                    .add(
                            section.where("host"),
                            section.path("host") + " is not a host name or address",
                            "write the name alone, or the folder of a local socket; the port has a key of its own");
        }
        int port = section.integer("port", 1, 65_535, DEFAULT_PORT);
        return host == null ? null : new ClusterMembers(host, port, null);
    }

    private static @Nullable ClusterMembers several(Section section) {
        for (String key : List.of("host", "port")) {
            if (section.values().containsKey(key)) {
                section.problems()
                        .add(
                                section.keyOf(key),
                                "`" + key + "` and `hosts` do not stand together",
                                "put every member into hosts, such as [\"db1.example.org:5432\", \"db2.example.org:5432\"]");
            }
        }
        List<String> members = new ArrayList<>();
        for (String text : section.texts(
                "hosts",
                ClusterMembers::fault,
                "write each member as host or host:port, such as [\"db1.example.org:5432\", \"db2.example.org:5432\"]")) {
            Matcher matcher = MEMBER.matcher(text);
            if (matcher.matches()) {
                members.add(matcher.group(1) + ":" + port(matcher));
            }
        }
        if (members.isEmpty() || members.size() > MOST) {
            section.problems()
                    .add(
                            section.where("hosts"),
                            section.path("hosts") + " does not name 1 to " + MOST + " members",
                            "name the primary and its standbys");
            return null;
        }
        String first = members.getFirst();
        int colon = first.lastIndexOf(':');
        String host = first.substring(0, colon);
        return new ClusterMembers(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                Integer.parseInt(first.substring(colon + 1)),
                members);
    }

    private static Optional<String> fault(String text) {
        Matcher matcher = MEMBER.matcher(text);
        return matcher.matches() && port(matcher) >= 1 && port(matcher) <= 65_535
                ? Optional.empty()
                : Optional.of("has a member that is no host name or address: " + Section.shortened(text));
    }

    private static int port(Matcher member) {
        return member.group(2) == null ? DEFAULT_PORT : Integer.parseInt(member.group(2));
    }
}
