using Sluice.Config.Kinds;

namespace Sluice.Policy.Kinds;

/// <summary>A document of a NAT kind that a program adds: what it says, and the rule that it is compiled to.</summary>
public abstract record NatDocument : AddedDocument
{
    /// <summary>The rule that decides for this document. Called whenever a configuration is compiled, also one that is only thought of.</summary>
    /// <param name="names">What the names in the document stand for.</param>
    protected internal abstract NatRule Compile(NatNames names);
}
