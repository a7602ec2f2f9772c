package io.holdfast.restore.logical;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a dump holds and wants of the server it is loaded into, read from the script that {@code pg_restore
 * --schema-only} makes of it. For one thread.
 */
final class DumpNeeds {
    private static final Pattern OBJECT =
            Pattern.compile("-- Name: .*; Type: ([A-Z ]+); Schema: .*; Owner: (.*?)(?:; Tablespace: .*)?");
    private static final Pattern EXTENSION =
            Pattern.compile("CREATE EXTENSION IF NOT EXISTS (\\S+|\".*\") WITH SCHEMA .*");
    private static final Pattern RIGHTS = Pattern.compile("(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|CREATE POLICY) .*");
    private static final Pattern ROLE =
            Pattern.compile("(?: TO | FROM | FOR ROLE )(\"(?:[^\"]|\"\")+\"|[a-z_][a-z0-9_$]*)");
    private static final Pattern CREATED_ROLE = Pattern.compile("CREATE ROLE (\"(?:[^\"]|\"\")+\"|[a-z_][a-z0-9_$]*);");

    private final Set<String> owners = new TreeSet<>();
    private final Set<String> grantees = new TreeSet<>();
    private final Set<String> extensions = new TreeSet<>();
    private final Set<String> rolesOfTheSource = new TreeSet<>();
    private int tables;

    /** Takes the next line of the script. */
    void scriptLine(String line) {
        Matcher object = OBJECT.matcher(line);
        if (object.matches()) {
            if (object.group(1).equals("TABLE")) {
                tables++;
            }
            if (!object.group(2).isEmpty() && !object.group(2).equals("-")) {
                owners.add(object.group(2));
            }
            return;
        }
        Matcher extension = EXTENSION.matcher(line);
        if (extension.matches()) {
            extensions.add(plain(extension.group(1)));
        } else if (RIGHTS.matcher(line).matches()) {
            Matcher role = ROLE.matcher(line);
            while (role.find()) {
                grantees.add(plain(role.group(1)));
            }
        }
    }

    /** Takes the next line of the globals that lie beside the dump. */
    void globalsLine(String line) {
        Matcher role = CREATED_ROLE.matcher(line);
        if (role.matches()) {
            rolesOfTheSource.add(plain(role.group(1)));
        }
    }

    /** Roles that the dumped server had. */
    void hadRoles(Set<String> roles) {
        rolesOfTheSource.addAll(roles);
    }

    /** Roles that the dumped server had, as far as told. */
    Set<String> rolesOfTheSource() {
        return Set.copyOf(rolesOfTheSource);
    }

    /** How many tables the dump makes, partitioned ones included. */
    int tables() {
        return tables;
    }

    /** Extensions that it asks for. */
    Set<String> extensions() {
        return extensions;
    }

    /** Roles that own something, or are given rights and existed in the source. */
    Set<String> roles() {
        Set<String> all = new TreeSet<>(grantees);
        all.retainAll(rolesOfTheSource);
        all.addAll(owners);
        return all;
    }

    private static String plain(String identifier) {
        return identifier.startsWith("\"")
                ? identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"")
                : identifier;
    }
}
