using Xunit;

namespace Sluice.Live;

/// <summary>The main use of the reference system: an external, masquerade towards it, and a service forwarded from the same public address.</summary>
public sealed class ForwardTests : IDisposable
{
    private readonly Town town = new();

    public static TheoryData<bool, int> Kinds => new() { { false, 1 }, { true, 1 }, { false, 2 }, { true, 2 } };

    public void Dispose() => town.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_external_reaches_the_forwarded_host_and_every_host_reaches_the_external(bool ipv6, int workers)
    {
        string client = ipv6 ? Town.Client6 : Town.Client4, server = Town.Server(ipv6), publicAddress = Town.Public(ipv6);
        town.Start(Configurations.External(ipv6, workers, publicAddress));
        town.Keep(new LineService(town.Client, client, 22));
        town.Keep(new Service(town.Client, client, 80));
        town.Keep(new Service(town.ServerSide, server, 8080));

        // From outside, through the forwarded ports: the host inside sees who asks.
        using (var ssh = new Conversation(town.ServerSide, publicAddress, 22101))
        {
            Assert.Equal(ssh.Local, ssh.Say("uname"));

            // From inside, at the same time, through the masquerade on the same address.
            Assert.Equal($"you are {publicAddress}\n", town.Client.Call("curl", "-gsS", "--max-time", "60", Town.Url(server, 8080)));
            Assert.Equal($"you are {server}\n", town.ServerSide.Call("curl", "-gsS", "--max-time", "60", Town.Url(publicAddress, 8000)));
            town.Client.Ping(server, 3);
            for (int i = 0; i < 20; i++) Assert.Equal(ssh.Local, ssh.Say($"line {i}"));
        }

        // What is neither forwarded nor a reply reaches nobody.
        town.ServerSide.Unanswered(() => town.Dropped("NoMapping"), 1, "curl", "-gsS", "--max-time", "60", Town.Url(publicAddress, 22));
        town.ServerSide.Unanswered(() => town.Dropped("NoMapping"), 1, "ping", Pings.OneTo(publicAddress));
        Assert.Null(town.Gateway.Failure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_forwarded_endpoint_sends_by_itself_leaves_from_its_public_endpoint(bool ipv6)
    {
        string server = Town.Server(ipv6), publicAddress = Town.Public(ipv6);
        town.Start(Configurations.External(ipv6, 1, publicAddress));
        town.Keep(new LineService(town.ServerSide, server, 2222));
        using var from22 = new Conversation(town.Client, server, 2222, localPort: 22);
        Assert.EndsWith(":22101", from22.Say("who am I"), StringComparison.Ordinal);

        // Another program on the same host may use the public port's number: it is given another.
        using var from22101 = new Conversation(town.Client, server, 2222, localPort: 22101);
        string seen = from22101.Say("and I");
        Assert.Contains(publicAddress, seen, StringComparison.Ordinal);
        Assert.False(seen.EndsWith(":22101", StringComparison.Ordinal), seen);
    }

    [Fact]
    public void A_forward_on_the_gateway_s_own_address_leaves_the_host_its_other_ports()
    {
        town.Start(Configurations.External(ipv6: false, 1, Town.Outside4));
        town.Keep(new Service(town.Middle, Town.Outside4, 8080));
        town.Keep(new LineService(town.Client, Town.Client4, 22));
        town.Keep(new Service(town.ServerSide, Town.Server4, 8080));
        using var capture = new Capture(town, town.ServerSide, "s0");
        using (var asking = new Asking(town.ServerSide, Town.Outside4, 8080))
        {
            for (int i = 0; i < 10; i++)
            {
                using var ssh = new Conversation(town.ServerSide, Town.Outside4, 22101);
                Assert.Equal(ssh.Local, ssh.Say("hello"));
                Assert.Equal($"you are {Town.Outside4}\n", town.Client.Call("curl", "-gsS", "--max-time", "60", Town.Url(Town.Server4, 8080)));
            }

            town.ServerSide.Ping(Town.Outside4, 3);
            asking.End();
        }

        capture.End();
        Assert.Empty(capture.Show($"tcp.flags.reset == 1 && ip.src == {Town.Outside4}"));
    }

    [Fact]
    public void A_forward_that_goes_ends_its_conversations_and_one_that_comes_ends_the_masqueraded_session_on_its_port()
    {
        town.Start(Configurations.External(ipv6: false, 1, Town.Public4));
        town.Keep(new LineService(town.Client, Town.Client4, 22));
        using var ssh = new Conversation(town.ServerSide, Town.Public4, 22101);
        ssh.Say("one");

        // The same rules with another timer: the conversation goes on.
        town.Apply(Configurations.External(ipv6: false, 1, Town.Public4, idleTimeout: "9m"));
        Assert.Equal(ssh.Local, ssh.Say("two"));

        // The forward is gone: so is what came through it, and the port is the masquerade's again.
        town.Apply(Configurations.External(ipv6: false, 1, Town.Public4, forwards: false));
        Programs.Until(() => town.Gateway.Inspector.Status().Sessions == 0, "the conversation has ended");
        town.Keep(new LineService(town.ServerSide, Town.Server4, 2222));
        using var from22101 = new Conversation(town.Client, Town.Server4, 2222, localPort: 22101);
        Assert.Equal($"{Town.Public4}:22101", from22101.Say("three"));

        // It comes back and claims the public endpoint of that masqueraded session, which ends.
        town.Apply(Configurations.External(ipv6: false, 1, Town.Public4));
        Programs.Until(() => town.Gateway.Inspector.Status().Sessions == 0, "the masqueraded session has ended");
        using var again = new Conversation(town.ServerSide, Town.Public4, 22101);
        Assert.Equal(again.Local, again.Say("four"));
    }
}
