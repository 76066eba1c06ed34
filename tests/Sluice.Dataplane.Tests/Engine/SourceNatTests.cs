using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Sessions under source-NAT policies, whole: accounts, reloads, pools, collisions.</summary>
public sealed class SourceNatTests
{
    private const string Leaving = "links: [clients], addresses: [203.0.113.1]";

    [Fact]
    public void A_session_is_under_the_account_of_its_policy_and_of_its_backend()
    {
        using var rig = new Rig(Virtual.Web("{ address: 20.0.0.1, port: 8080 }") + Policy(Leaving));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 203.0.113.1:40000 > 20.0.0.1:8080 tcp S
            servers 20.0.0.1:8080 > 203.0.113.1:40000 tcp SA
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
            """);
        SessionView session = Only(rig);
        Assert.True(rig.Engine.Store.Accounts.TryGetName(session.Account, out AccountName backend));
        Assert.True(rig.Engine.Store.Accounts.TryGetName(session.SourceAccount, out AccountName policy));
        Assert.Equal((AccountKind.Backend, "web"), (backend.Kind, backend.Owner));
        Assert.Equal(new AccountName(AccountKind.SourceNat, "leaving"), policy);
        rig.Reload(Virtual.Web("{ address: 20.0.0.1, port: 8080 }") + Policy(Leaving + ", exclude: [192.0.2.0/24]"));
        Assert.Equal((session.Account, session.SourceAccount), (Only(rig).Account, Only(rig).SourceAccount));
    }

    [Theory]
    [InlineData("an exclusion added", Leaving + ", exclude: [20.0.0.0/8]", true)]
    [InlineData("another link", "links: [servers], addresses: [203.0.113.1]", true)]
    [InlineData("an address added", "links: [clients], addresses: [203.0.113.0/31]", true)]
    [InlineData("another rule of the same address", "addresses: [203.0.113.1], policy: if-pfx", true)]
    [InlineData("an address that is no longer owned", "links: [clients], addresses: [203.0.113.2]", false)]
    [InlineData("no policy", null, false)]
    public void A_session_lives_on_while_its_public_address_is_owned(string what, string? after, bool isKept)
    {
        using var rig = new Rig(Virtual.Links() + Policy(Leaving));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 20.0.0.2:53 udp"));
        Assert.Equal("203.0.113.1", Only(rig).Reply.Destination.ToString());
        string next = Virtual.Links() + (after is null ? "" : Policy(after));
        Assert.Equal(isKept ? (1, 0) : (0, 1), (rig.Forecast(next).Total.Kept, rig.Forecast(next).Total.Ended));
        rig.Reload(next);
        Assert.True(isKept == (Sessions(rig).Length == 1), what);
    }

    [Fact]
    public void A_session_that_is_remembered_untranslated_ends_where_a_policy_now_takes_its_source()
    {
        using var rig = new Rig(Virtual.Links() + Policy("links: [servers], addresses: [203.0.113.1]"));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 20.0.0.2:53 udp"));
        Assert.Equal("10.0.0.2", Only(rig).Reply.Destination.ToString());
        rig.Reload(Virtual.Links() + Policy("links: [servers], addresses: [203.0.113.9]"));
        Assert.Single(Sessions(rig));
        rig.Reload(Virtual.Links() + Policy("addresses: [203.0.113.1]"));
        Assert.Empty(Sessions(rig));
    }

    [Theory]
    [InlineData("endpointIndependent", "203.0.113.1:40000")]
    [InlineData("addressAndPortDependent", "203.0.113.1:40000")]
    public void Two_clients_of_one_port_never_share_a_public_endpoint_towards_one_server(string mapping, string first)
    {
        using var rig = new Rig(Virtual.Links() + Profile(mapping) + Policy(Leaving));
        new Play(rig).Run($$"""
            clients 10.0.0.2:40000 > 20.0.0.2:53 udp
              = servers {{first}} > 20.0.0.2:53 udp
            clients 10.0.0.3:40000 > 20.0.0.2:53 udp
              = servers 203.0.113.1:{p} > 20.0.0.2:53 udp
            servers 20.0.0.2:53 > 203.0.113.1:{p} udp
              = clients 20.0.0.2:53 > 10.0.0.3:40000 udp
            servers 20.0.0.2:53 > {{first}} udp
              = clients 20.0.0.2:53 > 10.0.0.2:40000 udp
            """);
    }

    [Fact]
    public void A_pool_that_is_exhausted_refuses_and_nothing_leaves_untranslated()
    {
        using var rig = new Rig(Virtual.Links() + Profile("addressAndPortDependent", "ports: \"5000-5001\", ") + Policy(Leaving));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 20.0.0.2:53 udp
              = servers 203.0.113.1:{a} > 20.0.0.2:53 udp
            clients 10.0.0.2:40001 > 20.0.0.2:53 udp
              = servers 203.0.113.1:{b} > 20.0.0.2:53 udp
            clients 10.0.0.2:40002 > 20.0.0.2:53 udp
              = clients 10.0.0.1 > 10.0.0.2 icmp unreachable 1 [10.0.0.2:40002 > 20.0.0.2:53 udp]
              drop PoolExhausted
            """);
    }

    [Fact]
    public void A_table_that_is_full_refuses()
    {
        using var rig = new Rig(Virtual.Links() + Policy(Leaving), capacity: 1);
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 20.0.0.2:53 udp
              = servers 203.0.113.1:40000 > 20.0.0.2:53 udp
            clients 10.0.0.2:40001 > 20.0.0.2:53 udp
              = clients 10.0.0.1 > 10.0.0.2 icmp unreachable 1 [10.0.0.2:40001 > 20.0.0.2:53 udp]
              drop TableFull
            """);
    }

    [Fact]
    public void A_family_without_an_address_is_dropped()
    {
        using var rig = new Rig(Virtual.Links() + Policy(Leaving));
        new Play(rig).Run("""
            clients [fd00:1::2]:40000 > [fd00:2::1]:53 udp
              = clients fd00:1::1 > fd00:1::2 icmp6 unreachable 3 [[fd00:1::2]:40000 > [fd00:2::1]:53 udp]
              drop PoolExhausted
            """);
        Assert.Empty(Sessions(rig));
    }

    [Fact]
    public void A_backend_that_is_its_own_client_sees_the_address_of_a_policy()
    {
        using var rig = new Rig(Virtual.Web("{ address: 20.0.0.1, port: 8080 }") + Policy("links: [servers], addresses: [203.0.113.1]"));
        new Play(rig).Run("""
            servers 20.0.0.1:40000 > 30.0.0.2:80 tcp S
              = servers 203.0.113.1:40000 > 20.0.0.1:8080 tcp S
            servers 20.0.0.1:8080 > 203.0.113.1:40000 tcp SA
              = servers 30.0.0.2:80 > 20.0.0.1:40000 tcp SA
            """);
    }

    /// <summary>Both conversations have one return tuple: whichever is the later has another source port, so no answer is taken for the other's.</summary>
    [Theory]
    [InlineData("policy: dnat-only", "198.18.0.2", "20.0.0.2")]
    [InlineData("policy: dnat-only", "20.0.0.2", "198.18.0.2")]
    [InlineData("policy: dnat, exclude: [20.0.0.0/24]", "198.18.0.2", "20.0.0.2")]
    [InlineData("policy: dnat, exclude: [20.0.0.0/24]", "20.0.0.2", "198.18.0.2")]
    public void Who_speaks_with_a_server_by_both_of_its_addresses_hears_each_from_its_own(string policy, string first, string second)
    {
        using var rig = new Rig(Virtual.Links() + Policy($"links: [clients], addresses: [203.0.113.1], {policy}, rewrites: [{{ prefix: 198.18.0.0/24, to: 20.0.0.0, match: destination }}]"));
        new Play(rig).Run($$"""
            clients 10.0.0.2:40000 > {{first}}:53 udp
              = servers 10.0.0.2:40000 > 20.0.0.2:53 udp
            clients 10.0.0.2:40000 > {{second}}:53 udp
              = servers 10.0.0.2:{p} > 20.0.0.2:53 udp
            servers 20.0.0.2:53 > 10.0.0.2:40000 udp
              = clients {{first}}:53 > 10.0.0.2:40000 udp
            servers 20.0.0.2:53 > 10.0.0.2:{p} udp
              = clients {{second}}:53 > 10.0.0.2:40000 udp
            """);
        Assert.Equal(2, Sessions(rig).Length);
    }

    private static string Profile(string mapping, string more = "") => $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: NatProfile
        metadata: { name: default }
        spec: { {{more}}mapping: {{mapping}} }

        """;

    private static string Policy(string spec) => $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { realm: a, {{spec}} }

        """;

    private static SessionView Only(Rig rig) => Assert.Single(rig.Engine.Store.Sessions(rig.Now));

    private static SessionView[] Sessions(Rig rig) => [.. rig.Engine.Store.Sessions(rig.Now)];
}
