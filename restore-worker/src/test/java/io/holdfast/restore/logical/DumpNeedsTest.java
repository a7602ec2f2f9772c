package io.holdfast.restore.logical;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DumpNeedsTest {
    private final DumpNeeds needs = new DumpNeeds();

    @Test
    void counts_tables_and_names_their_owners() {
        needs.scriptLine("-- Name: item; Type: TABLE; Schema: public; Owner: shop");
        needs.scriptLine("-- Name: odd; name; Type: TABLE; Schema: public; Owner: The \"owner\"; Tablespace: fast");
        needs.scriptLine("-- Name: item_id_seq; Type: SEQUENCE; Schema: public; Owner: counter");
        needs.scriptLine("-- Name: EXTENSION plpgsql; Type: COMMENT; Schema: -; Owner: ");

        assertThat(needs.tables()).isEqualTo(2);
        assertThat(needs.roles()).containsExactly("The \"owner\"", "counter", "shop");
    }

    @Test
    void roles_that_are_given_rights_count_if_the_source_had_them() {
        needs.globalsLine("CREATE ROLE reporting;");
        needs.globalsLine("CREATE ROLE \"Odd \"\"role\";");
        needs.globalsLine("CREATE ROLE bystander;");
        needs.scriptLine("GRANT SELECT ON TABLE public.item TO reporting;");
        needs.scriptLine("GRANT ALL ON TABLE public.item TO \"Odd \"\"role\" WITH GRANT OPTION;");
        needs.scriptLine("GRANT USAGE ON SCHEMA public TO PUBLIC;");
        needs.scriptLine("REVOKE ALL ON TABLE public.item FROM pg_monitor;");

        assertThat(needs.roles()).containsExactly("Odd \"role", "reporting");
    }

    @Test
    void names_extensions() {
        needs.scriptLine("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public;");
        needs.scriptLine("CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA \"odd schema\";");

        assertThat(needs.extensions()).containsExactly("hstore", "uuid-ossp");
    }
}
