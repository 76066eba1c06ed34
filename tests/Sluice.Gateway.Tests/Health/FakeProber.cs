using Sluice.Gateway.Health;

namespace Sluice.Gateway.Tests.Health;

/// <summary>Answers as it is told, when it is told.</summary>
internal sealed class FakeProber : IProber
{
    private readonly List<(ProbeRequest Request, Action<ProbeResult> Done)> open = [];

    /// <summary>By the address of a backend: what is wrong with it.</summary>
    public Dictionary<string, ProbeResult> Wrong { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether answers wait for <see cref="AnswerAll"/>.</summary>
    public bool Waits { get; set; }

    public List<ProbeRequest> Asked { get; } = [];

    public int Open => open.Count;

    public void Begin(in ProbeRequest request, Action<ProbeResult> done)
    {
        Asked.Add(request);
        if (Waits) open.Add((request, done));
        else done(AnswerOf(request));
    }

    public void AnswerAll()
    {
        foreach ((ProbeRequest request, Action<ProbeResult> done) in open.ToArray()) done(AnswerOf(request));
        open.Clear();
    }

    private ProbeResult AnswerOf(in ProbeRequest request) => Wrong.GetValueOrDefault(request.Address.ToString(), ProbeResult.Passed);
}
